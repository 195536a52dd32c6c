/** A stretch of time, both ends included, in ms at whole seconds. */
export interface SearchWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const SECOND_MS = 1_000;
/** PayPal allows 31 days between the two ends (paypal.md 4.4). */
const LONGEST_MS = 31 * 24 * 60 * 60 * SECOND_MS;

/** Cuts into windows PayPal takes, oldest first, without overlap: its moments are whole seconds. */
export function windowsOf(fromMs: number, toMs: number): readonly SearchWindow[] {
  const last = Math.floor(toMs / SECOND_MS) * SECOND_MS;
  const windows: SearchWindow[] = [];
  for (let start = Math.floor(fromMs / SECOND_MS) * SECOND_MS; start <= last; start += LONGEST_MS) {
    windows.push({ fromMs: start, toMs: Math.min(start + LONGEST_MS - SECOND_MS, last) });
  }
  return windows;
}

/** Its two halves; null when it is a single second already. */
export function halvesOf({ fromMs, toMs }: SearchWindow): readonly [SearchWindow, SearchWindow] | null {
  if (toMs <= fromMs) return null;
  const middle = fromMs + Math.floor((toMs - fromMs) / 2 / SECOND_MS) * SECOND_MS;
  return [
    { fromMs, toMs: middle },
    { fromMs: middle + SECOND_MS, toMs },
  ];
}
