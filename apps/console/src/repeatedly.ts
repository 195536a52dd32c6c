import type { Log } from '@mlc/core';

/** Something done every so often. */
export interface Repeated {
  /** Once more, `inMs` from now, besides the usual rounds. */
  soon(inMs: number): void;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
}

/** Runs it now and every `everyMs`, never twice at once; a failure is logged and the next round comes all the same. */
export function repeatedly(everyMs: number, work: () => Promise<unknown>, log: Log): Repeated {
  let inHand: Promise<unknown> = Promise.resolve();
  const timers = new Set<NodeJS.Timeout>();
  const round = (): void => {
    inHand = inHand.then(work).catch((error: unknown) => log.warn('console.round_failed', { error }));
  };
  round();
  const usual = setInterval(round, everyMs);
  return {
    soon: (inMs) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        round();
      }, inMs);
      timers.add(timer);
    },
    stop: async () => {
      clearInterval(usual);
      for (const timer of timers) clearTimeout(timer);
      await inHand;
    },
  };
}
