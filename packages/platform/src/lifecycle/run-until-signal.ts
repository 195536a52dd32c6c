import type { Log } from '@mlc/core';
import type { Running } from './runtime.ts';

/** Orchestrators kill after 30 s at the latest: by then everything in hand is finished or left to another process. */
const STOP_LIMIT_MS = 25_000;
/** What is left for letting go of the last connections. */
const RESERVE_MS = 1_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Where the signals come from and what ends the process; tests bring their own. */
export interface SignalSource {
  on(event: NodeJS.Signals | 'uncaughtException', listener: (error: unknown) => void): unknown;
  off(event: NodeJS.Signals | 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * Waits for SIGTERM or SIGINT, then stops the parts in reverse order of their start, within 25 s. A second signal ends
 * the process at once, which loses nothing: every step survives a kill.
 */
export async function runUntilSignal(
  parts: readonly Running[],
  log: Log,
  source: SignalSource = process,
  limitMs = STOP_LIMIT_MS - RESERVE_MS,
): Promise<void> {
  const signal = await nextSignal(source);
  log.info('stopping', { signal });
  const again = () => {
    log.warn('stopped at once by a second signal');
    source.exit(1);
  };
  // What a library leaves behind when its connection is let go (a rejection nobody waits for) is no failure to stop.
  const leftBehind = (error: unknown): void => log.error('something failed while stopping', { error });
  for (const name of SIGNALS) source.on(name, again);
  source.on('uncaughtException', leftBehind);
  try {
    const inTime = await within(limitMs, stopAll(parts, log));
    if (inTime) log.info('stopped');
    else log.warn('stopped with work in hand; it is taken up again at the next start', { limitMs });
  } finally {
    for (const name of SIGNALS) source.off(name, again);
    source.off('uncaughtException', leftBehind);
  }
}

function nextSignal(source: SignalSource): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const listeners = SIGNALS.map((signal) => {
      const listener = () => {
        for (const entry of listeners) source.off(entry.signal, entry.listener);
        resolve(signal);
      };
      return { signal, listener };
    });
    for (const { signal, listener } of listeners) source.on(signal, listener);
  });
}

/** One part that fails to stop must not keep the others from stopping. */
async function stopAll(parts: readonly Running[], log: Log): Promise<void> {
  for (const part of parts.toReversed()) {
    try {
      await part.stop();
    } catch (error) {
      log.error('a part did not stop cleanly', { error });
    }
  }
}

async function within(limitMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
