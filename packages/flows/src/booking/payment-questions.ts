import {
  candidatesOf,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Invoice,
  type Job,
  LOCKED_MONTHS_MAX,
} from '@mlc/core';
import type { ToPost } from './to-post.ts';
import { ask, lastMatch } from '../asking/review.ts';
import { invoiceName } from '../running/subjects.ts';

/** Rows "before posting, the invoice is fetched" of design section 5; null when nothing stands in the way. */
export async function askObstacle(
  job: Job,
  { toPost, invoice }: { toPost: ToPost; invoice: Invoice | null },
): Promise<FlowResult | null> {
  const { money, invoiceId } = toPost;
  const question = { subject: money.subject, amount: money.amount, covers: `invoice ${invoiceId}` };
  const payment = `${money.title} of ${formatMoney(money.amount)}`;
  if (invoice === null || invoice.visibility === 'deleted') {
    const reasons = [
      `${payment} was collected for invoice ${invoice?.number ?? invoiceId}, which is not in FreshBooks any more.`,
    ];
    return ask(job, { ...question, kind: 'invoice_missing', reasons });
  }
  if (await isOfAnotherClient(job, toPost, invoice)) {
    const reasons = [
      `${payment} was taken from another client than invoice ${invoice.number} belongs to now. Nothing was booked.`,
      'Match it with the invoice it is for, or refund it in GoCardless and resolve this with done.',
    ];
    const candidates = candidatesOf({ kind: 'exact', invoice, why: 'it was taken for this invoice' });
    return ask(job, { ...question, kind: 'ambiguous_match', reasons, candidates });
  }
  if (invoice.outstanding.currency !== money.amount.currency) {
    const reasons = [
      `${payment} is for invoice ${invoice.number}, which is in ${invoice.outstanding.currency}.`,
    ];
    return ask(job, { ...question, kind: 'currency_mismatch', reasons });
  }
  if (invoice.outstanding.minor < money.amount.minor) {
    const reasons = [
      `${payment} is for invoice ${invoice.number}, of which only ${formatMoney(invoice.outstanding)} is outstanding: ` +
        'the client may have paid twice. Nothing was booked.',
    ];
    return ask(job, { ...question, kind: 'overpayment', reasons });
  }
  return null;
}

/** The invoice moved to another client while a debit of the first one ran; a person may say that it pays it all the same. */
async function isOfAnotherClient(
  context: FlowContext,
  { money, followed: known }: ToPost,
  invoice: Invoice,
): Promise<boolean> {
  if (money.provider !== 'gocardless') return false;
  const followed = known === undefined ? await context.store.collections.byPayment(money.id) : known;
  if (followed?.invoiceId !== invoice.id) return false;
  if (followed.clientId === '' || followed.clientId === invoice.clientId) return false;
  return (await lastMatch(context, money.subject))?.invoiceId !== invoice.id;
}

/** Every month it could have gone into is closed in FreshBooks: nothing is booked until a person says so. */
export function askForPeriod(
  job: Job,
  { toPost: { money, invoiceId }, invoiceNumber }: { toPost: ToPost; invoiceNumber: string | null },
): Promise<FlowResult> {
  const invoice = invoiceName({ invoiceId, invoiceNumber });
  return ask(job, {
    kind: 'period_locked',
    subject: money.subject,
    amount: money.amount,
    reasons: [
      `${money.title} of ${formatMoney(money.amount)} for invoice ${invoice} could not be booked: FreshBooks' books are ` +
        `closed from ${money.date} on, ${LOCKED_MONTHS_MAX} months were tried.`,
      'Open a period in FreshBooks and resolve this with retry, or enter it by hand and resolve it with done.',
    ],
    covers: `booking on invoice ${invoiceId}`,
  });
}
