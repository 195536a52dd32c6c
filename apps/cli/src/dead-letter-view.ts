import type { DeadLetter } from '@mlc/platform/answers/dead-letters';

/** A dead letter as contract section 6 prints it. */
export function deadLetterView({ id, flow, eventId, failureKind, error, attempts, diedAt }: DeadLetter) {
  return { id, flow, eventId, failureKind, error, attempts, diedAt: diedAt.toISOString() };
}
