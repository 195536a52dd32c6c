import type { PollTiming, PollWindow } from '../ports/poll.ts';

/**
 * The next stretch to read. `cursor`: up to where everything is stored, null before the first run. A window that is not
 * cut to `windowMaxMs` is open at its end, so that a provider whose clock is ahead of ours hides nothing.
 */
export function nextWindow(cursor: Date | null, timing: PollTiming, now: Date): PollWindow {
  const nowMs = now.getTime();
  const wantedMs =
    cursor === null ? nowMs - timing.firstLookBackMs : Math.min(cursor.getTime(), nowMs) - timing.overlapMs;
  const fromMs = Math.max(wantedMs, nowMs - timing.keptMs);
  const endMs = fromMs + timing.windowMaxMs;
  return { from: new Date(fromMs), until: endMs < nowMs ? new Date(endMs) : null };
}

/**
 * Where the cursor stands once the whole window is stored. Of an open window only the newest thing seen counts, not our
 * clock: the provider's may be behind. Never back, and never beyond now, whatever moment the provider wrote.
 */
export function nextCursor(
  cursor: Date | null,
  window: PollWindow,
  { newest, now }: { readonly newest: Date | null; readonly now: Date },
): Date {
  const reachedMs = window.until?.getTime() ?? Math.min(newest?.getTime() ?? -Infinity, now.getTime());
  const standsMs = Math.max(reachedMs, cursor?.getTime() ?? window.from.getTime());
  return new Date(standsMs);
}
