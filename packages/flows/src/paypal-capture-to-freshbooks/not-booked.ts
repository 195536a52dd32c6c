import type { BookPayment, Capture, FlowContext, FlowResult, InboundEvent } from '@mlc/core';
import { captureSubject } from '../shared/review.ts';
import { recordCapture } from './capture-ledger.ts';

/** The payment stands in the books, though not by us: nothing is booked, nothing left to ask. */
export function recordFound(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, booked }: { capture: Capture; booked: BookPayment },
): FlowResult {
  const recorded = recordCapture(context, inbound, capture);
  return {
    state: 'done',
    reason: `already in the books as payment ${booked.id}, not recorded by us`,
    details: { bookPaymentId: booked.id },
    record: async (tx) => {
      await recorded(tx, { kind: 'found', invoiceId: booked.invoiceId, bookPaymentId: booked.id });
      await tx.reviews.settle(
        ['unmatched_payment', 'ambiguous_match'],
        captureSubject(capture.id),
        `is payment ${booked.id}`,
      );
    },
  };
}

/** The run ended without the money on an invoice: the ledger keeps it as unallocated. */
export function aside(
  context: FlowContext,
  inbound: InboundEvent,
  capture: Capture,
  result: FlowResult,
): FlowResult {
  const recorded = recordCapture(context, inbound, capture);
  return {
    ...result,
    record: async (tx) => {
      await recorded(tx, { kind: 'aside' });
      await result.record?.(tx);
    },
  };
}
