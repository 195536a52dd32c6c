import {
  type Capture,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  isMatched,
  matchInvoice,
  type UnmatchedPayment,
} from '@mlc/core';
import type { Gathered } from '../booking/find-invoices.ts';
import type { InTheBooks } from '../booking/in-the-books.ts';
import { payerLock } from '../running/locks.ts';
import { ask } from '../asking/review.ts';
import { captureSubject } from '../running/subjects.ts';
import { onInvoice, type Target } from './book-on-invoice.ts';
import { invoicesForCapture } from '../booking/find-invoices.ts';
import { aside } from './not-booked.ts';
import { pairUp } from './one-to-one.ts';
import { askAboutCapture, lookForCapture, recordCaptureFound, type ToFind } from './stands-already.ts';

/**
 * One at a time of a payer whose payments fit several invoices, and by what is there then: of two such payments at once,
 * the later one has to see what came of the other, or neither ever learns that together they are one to one.
 */
export async function bookFound(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, cycle }: ToFind,
): Promise<FlowResult> {
  const found = await invoicesForCapture(context, capture);
  if (matchInvoice(found.facts).kind !== 'ambiguous_match')
    return findOrMatch(context, inbound, { capture, cycle, found });
  const lock = payerLock(context, found.facts.payerEmail ?? '');
  return context.locks.withLock(lock, async () =>
    findOrMatch(context, inbound, { capture, cycle, found: await invoicesForCapture(context, capture) }),
  );
}

/** Rule 0 of design section 7 comes before any matching. */
async function findOrMatch(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, cycle, found }: ToFind & { readonly found: Gathered },
): Promise<FlowResult> {
  const standing = await lookForCapture(context, { capture, cycle }, found);
  switch (standing.kind) {
    case 'theirs':
      return recordCaptureFound(context, inbound, { capture, payment: standing.payment });
    case 'ours':
      return onInvoice(context, inbound, { capture, target: oursBefore(standing) });
    case 'cannot-tell':
      return askAboutCapture(context, inbound, { capture, found });
    case 'absent':
      return match(context, inbound, { capture, found });
  }
}

/** Our own entry, that this store knows nothing of. */
export function oursBefore({ payment: { invoiceId } }: Extract<InTheBooks, { kind: 'ours' }>): Target {
  return { invoiceId, why: 'booked by us before, though not on record' };
}

async function match(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, found }: { capture: Capture; found: Gathered },
): Promise<FlowResult> {
  const result = matchInvoice(found.facts);
  if (isMatched(result)) {
    const { invoice, why } = result;
    const read = { invoice, at: found.at };
    const target = { invoiceId: invoice.id, why, isAbsent: true, read };
    return onInvoice(context, inbound, { capture, target });
  }
  const pair =
    result.kind === 'ambiguous_match'
      ? await pairUp(context, inbound, { capture, facts: found.facts })
      : null;
  if (pair === null)
    return aside(context, inbound, capture, await askWhich(context, inbound, { capture, result }));
  const why = 'as many payments as invoices fit each other: assigned oldest to oldest';
  const { invoice, othersToRun } = pair;
  const read = { invoice, at: found.at };
  const target = { invoiceId: invoice.id, why, othersToRun, isAbsent: true, read };
  return onInvoice(context, inbound, { capture, target });
}

function askWhich(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, result }: { capture: Capture; result: UnmatchedPayment },
): Promise<FlowResult> {
  return ask(context, inbound, {
    kind: result.kind,
    subject: captureSubject(capture.id),
    amount: capture.amount,
    reasons: [`PayPal payment ${capture.id} of ${formatMoney(capture.amount)}: ${result.why}.`],
    candidates: result.candidates,
  });
}
