/** Lost events, with no webhook after the first of them, that make webhooks count as silent. */
export const SILENT_AFTER = 3;

/** What one run learned about a connection's webhooks. */
export interface SilenceFacts {
  /** Lost events found by the runs before, since a webhook last arrived. */
  readonly lostBefore: number;
  /**
   * Lost events this run found. Left out: those from before the connection existed, and what no webhook of ours ever tells of
   * (PayPal payments of other apps).
   */
  readonly lostNow: number;
  /** Whether a webhook of the connection arrived since the run before. */
  readonly arrivedSinceLastRun: boolean;
  /** Whether one arrived after the first of the events lost now; without any, the same as `arrivedSinceLastRun`. */
  readonly arrivedAfterLoss: boolean;
}

/** What follows for the review `webhooks_silent`; `lost` is remembered for the next run. */
export interface Silence {
  readonly lost: number;
  readonly review: 'open' | 'settle' | 'leave';
}

/** Webhooks are silent when polling keeps finding events and nothing arrives any more; one that arrives ends that. */
export function judgeSilence(facts: SilenceFacts): Silence {
  if (facts.arrivedAfterLoss) return { lost: 0, review: 'settle' };
  const lost = (facts.arrivedSinceLastRun ? 0 : facts.lostBefore) + facts.lostNow;
  return { lost, review: facts.lostNow > 0 && lost >= SILENT_AFTER ? 'open' : 'leave' };
}
