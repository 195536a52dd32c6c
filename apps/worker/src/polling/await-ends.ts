import { setTimeout as pause } from 'node:timers/promises';
import { endsOf } from '@mlc/platform/poll/ends';
import type { Polling } from './polling.ts';

const LOOK_EVERY_MS = 100;

/**
 * Waits until these events came to an end, as long as any of them does within `idleMs`: what has not by then is nobody's at
 * the moment, or waits. Returns how many had their effect.
 */
export async function awaitEnds(
  { runtime: { database }, stopping }: Polling,
  eventIds: readonly string[],
  idleMs: number,
): Promise<number> {
  let before = eventIds.length;
  let deadline = performance.now() + idleMs;
  for (;;) {
    const { running, effective } = await endsOf(database, eventIds);
    if (running < before) deadline = performance.now() + idleMs;
    before = running;
    if (running === 0 || stopping?.aborted === true || performance.now() >= deadline) return effective;
    await pause(LOOK_EVERY_MS);
  }
}
