import { silentLog } from '@mlc/testkit';
import { type Database, drain, type FlowQueues, openQueues, type Status } from '@mlc/platform';
import type { Sandbox } from '@mlc/sandbox';
import { lastWordsOfAll } from './mlc-process.ts';

/** Webhooks and work that cause each other end after a few rounds; more means something goes in circles. */
const ROUNDS_MAX = 50;

/** Queues that are opened when first needed: on Postgres they need tables that `mlc` makes. */
export interface LazyQueues {
  readonly open: () => Promise<FlowQueues>;
  readonly close: () => Promise<void>;
}

/** The queues of a deployment, seen from the test's own process. */
export function lazyQueues(redisUrl: string | null, databaseUrl: string): LazyQueues {
  let opening: Promise<FlowQueues> | undefined;
  const settings = { queueUrls: redisUrl === null ? null : [redisUrl], databaseUrl, log: silentLog };
  return {
    open: () => (opening ??= openQueues(settings)),
    close: async () => (await opening)?.close(),
  };
}

/** What has to come to rest. */
export interface Settling {
  readonly sandbox: Sandbox;
  readonly database: Database;
  readonly queues: LazyQueues;
}

/**
 * Resolves when every webhook is delivered and nothing can run any more. What we write comes back as webhooks: settled
 * is when a round sends nothing new.
 */
export async function settle({ sandbox, database, queues }: Settling, timeoutMs: number): Promise<Status> {
  const providers = [sandbox.freshbooks, sandbox.gocardless, sandbox.paypal];
  const sent = (): number => providers.reduce((sum, { deliveries }) => sum + deliveries.log.length, 0);
  const opened = await queues.open();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await sandbox.idle();
    const before = sent();
    const { drained, status } = await drain(database, opened, { timeoutMs });
    if (!drained) throw new Error(`the queues do not drain: ${JSON.stringify(status)}\n${lastWordsOfAll()}`);
    await sandbox.idle();
    if (sent() === before) return status;
  }
  throw new Error('webhooks and work cause each other without end');
}
