/** Lost events in a row, with no webhook between them, that make webhooks count as silent. */
export const SILENT_AFTER = 3;

/** What one run learned about a connection's webhooks. */
export interface SilenceFacts {
  /** Events found by polling before this run since a webhook last arrived. */
  readonly lostBefore: number;
  /** Lost events this run found, those from before the connection existed left out. */
  readonly lostNow: number;
  /** Whether any webhook of the connection arrived since the run before. */
  readonly webhookArrived: boolean;
}

/** What follows for the review `webhooks_silent`; `lost` is remembered for the next run. */
export interface Silence {
  readonly lost: number;
  readonly review: 'open' | 'settle' | 'leave';
}

/** Webhooks are silent when polling keeps finding events and nothing arrives; one that arrives ends that. */
export function judgeSilence({ lostBefore, lostNow, webhookArrived }: SilenceFacts): Silence {
  if (webhookArrived) return { lost: 0, review: 'settle' };
  const lost = lostBefore + lostNow;
  return { lost, review: lostNow > 0 && lost >= SILENT_AFTER ? 'open' : 'leave' };
}
