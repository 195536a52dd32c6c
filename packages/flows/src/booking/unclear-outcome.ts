import { ConnectorError, type FlowContext, type Posting } from '@mlc/core';

/** How long after an unclear outcome the books are looked at once more, as a multiple of the settle delay. */
const RECHECK_AFTER_SETTLES = 3;

/** Throws ConnectorError `outcome-unknown` while the call that was sent at this moment may still be carried out. */
export function waitOutSettling(context: FlowContext, operation: string, calledAt: Date): void {
  const sinceMs = context.clock.now().getTime() - calledAt.getTime();
  if (sinceMs >= context.settleDelayMs) return;
  throw new ConnectorError({
    kind: 'outcome-unknown',
    provider: 'freshbooks',
    operation,
    message: 'an earlier call may still be carried out; looking for it after the settle delay',
  });
}

/**
 * When the books are looked at once more for the entry of this posting, as it was before it was booked: an answer that came
 * very late would show by then. Null when no outcome was unclear.
 */
export function secondLookAt(context: FlowContext, earlier: Posting | null): Date | null {
  if (earlier?.calledAt == null) return null;
  return new Date(context.clock.now().getTime() + context.settleDelayMs * RECHECK_AFTER_SETTLES);
}
