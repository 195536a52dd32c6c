import {
  type Capture,
  type FlowResult,
  formatMoney,
  isMatched,
  type Job,
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
export async function bookFound(job: Job, { capture, cycle }: ToFind): Promise<FlowResult> {
  const found = await invoicesForCapture(job, capture);
  if (matchInvoice(found.facts).kind !== 'ambiguous_match')
    return findOrMatch(job, { capture, cycle, found });
  const lock = payerLock(job, found.facts.payerEmail ?? '');
  return job.locks.withLock(lock, async () =>
    findOrMatch(job, { capture, cycle, found: await invoicesForCapture(job, capture) }),
  );
}

/** Rule 0 of design section 7 comes before any matching. */
async function findOrMatch(
  job: Job,
  { capture, cycle, found }: ToFind & { readonly found: Gathered },
): Promise<FlowResult> {
  const standing = await lookForCapture(job, { capture, cycle }, found);
  switch (standing.kind) {
    case 'theirs':
      return recordCaptureFound(job, { capture, payment: standing.payment });
    case 'ours':
      return onInvoice(job, { capture, target: oursBefore(standing) });
    case 'cannot-tell':
      return askAboutCapture(job, { capture, found });
    case 'absent':
      return match(job, { capture, found });
  }
}

/** Our own entry, that this store knows nothing of. */
export function oursBefore({ payment: { invoiceId } }: Extract<InTheBooks, { kind: 'ours' }>): Target {
  return { invoiceId, why: 'booked by us before, though not on record' };
}

async function match(
  job: Job,
  { capture, found }: { capture: Capture; found: Gathered },
): Promise<FlowResult> {
  const result = matchInvoice(found.facts);
  if (isMatched(result)) {
    const { invoice, why } = result;
    const read = { invoice, at: found.at };
    const target = { invoiceId: invoice.id, why, isAbsent: true, read };
    return onInvoice(job, { capture, target });
  }
  const pair = result.kind === 'ambiguous_match' ? await pairUp(job, { capture, facts: found.facts }) : null;
  if (pair === null) return aside(job, capture, await askWhich(job, { capture, result }));
  const why = 'as many payments as invoices fit each other: assigned oldest to oldest';
  const { invoice, othersToRun } = pair;
  const read = { invoice, at: found.at };
  const target = { invoiceId: invoice.id, why, othersToRun, isAbsent: true, read };
  return onInvoice(job, { capture, target });
}

function askWhich(
  job: Job,
  { capture, result }: { capture: Capture; result: UnmatchedPayment },
): Promise<FlowResult> {
  return ask(job, {
    kind: result.kind,
    subject: captureSubject(capture.id),
    amount: capture.amount,
    reasons: [`PayPal payment ${capture.id} of ${formatMoney(capture.amount)}: ${result.why}.`],
    candidates: result.candidates,
  });
}
