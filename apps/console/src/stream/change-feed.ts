import type { Log } from '@mlc/core';
import type { Database } from '@mlc/platform/postgres/database';
import { entriesBehind, headsOf } from '@mlc/platform/views/audit-feed';
import { repeatedly } from '../repeatedly.ts';
import type { ChangeEntry } from './changes-of.ts';

/** What came behind a number of a chain. */
export interface Behind {
  /** The newest number. */
  readonly seq: number;
  /** Null: more than can be told one by one, everything may have changed. */
  readonly entries: readonly ChangeEntry[] | null;
}

/** Hears of what is appended to one business's chain. */
export interface ChangeListener {
  readonly businessId: string;
  hear(behind: Behind): void;
}

/** The audit chains of this process's listeners, looked at once a second in one statement, and not at all without listeners. */
export interface ChangeFeed {
  /** Resolves when everything that is appended from now on will be heard. */
  listen(listener: ChangeListener): Promise<{ stop(): void }>;
  /** What came behind `seq`; null entries also when the chain has no such number. */
  since(businessId: string, seq: number): Promise<Behind>;
  readonly listeners: number;
  stop(): Promise<void>;
}

const LOOK_MS = 1_000;
/** More entries than that at once are told as a reset. */
const ENTRIES_MAX = 1_000;

export function openChangeFeed(database: Pick<Database, 'pool'>, log: Log): ChangeFeed {
  const listeners = new Set<ChangeListener>();
  const known = new Map<string, number>();
  const since = async (businessId: string, seq: number): Promise<Behind> => {
    const entries = await entriesBehind(database, { businessId, seq, limit: ENTRIES_MAX + 1 });
    const head = (await headsOf(database, [businessId])).get(businessId) ?? 0;
    const isTold = seq <= head && entries.length <= ENTRIES_MAX;
    return { seq: isTold ? (entries.at(-1)?.seq ?? seq) : head, entries: isTold ? entries : null };
  };
  const look = async (): Promise<void> => {
    const watched = [...new Set([...listeners].map(({ businessId }) => businessId))];
    for (const businessId of known.keys()) if (!watched.includes(businessId)) known.delete(businessId);
    if (watched.length === 0) return;
    for (const [businessId, seq] of await headsOf(database, watched)) {
      const before = known.get(businessId) ?? seq;
      known.set(businessId, before);
      if (before === seq) continue;
      const behind = await since(businessId, before);
      known.set(businessId, behind.seq);
      for (const listener of listeners) if (listener.businessId === businessId) listener.hear(behind);
    }
  };
  const looking = repeatedly(LOOK_MS, look, log);
  return {
    listen: async (listener) => {
      listeners.add(listener);
      const { businessId } = listener;
      const head = (await headsOf(database, [businessId])).get(businessId) ?? 0;
      if (!known.has(businessId)) known.set(businessId, head);
      return { stop: () => void listeners.delete(listener) };
    },
    since,
    get listeners() {
      return listeners.size;
    },
    stop: () => looking.stop(),
  };
}
