import {
  type FlowContext,
  type Invoice,
  namingOf,
  type Posting,
  type Effect,
  reruns,
  rerunsInvoices,
  type Review,
  sameMoney,
  step,
  type Subject,
} from '@mlc/core';

/**
 * The invoice got a payment: other payments that might have been for it, and waited for a person to say, are matched anew.
 * Where only one invoice is left for them, they end as they would have, had they come later (design section 7: the answer
 * does not depend on timing). `money` is what was booked.
 */
export function matchOthersAgain(invoiceId: string, money: Subject): Effect {
  return step('looks', async (tx) => {
    const open = await tx.reviews.openOfKind('ambiguous_match');
    const concerned = open.filter(
      ({ candidates, subject }) =>
        candidates.some((candidate) => candidate.invoiceId === invoiceId) && !isSame(subject, money),
    );
    return [reruns(concerned.flatMap(({ eventId }) => eventId ?? []))];
  });
}

function isSame(left: Subject, right: Subject): boolean {
  return left.provider === right.provider && left.type === right.type && left.id === right.id;
}

/**
 * The money found its place: invoices that a person took it off, and that were not collected meanwhile, are looked at again.
 */
export function lookAtInvoicesLeft({ provider, id }: Posting['source'], placedOn: string | null): Effect {
  return step('looks', async (tx) => {
    const postings = await tx.postings.ofSource(provider, id);
    const left = postings.flatMap(({ kind, state, invoiceId }) =>
      kind === 'payment' && state === 'reversed' && invoiceId !== null && invoiceId !== placedOn
        ? [invoiceId]
        : [],
    );
    return [rerunsInvoices(left)];
  });
}

/** The money that no invoice explained, and that this invoice may explain now; their events. Changes nothing. */
export async function unmatchedFor(context: FlowContext, invoice: Invoice): Promise<readonly string[]> {
  const open = await context.store.reviews.openOfKind('unmatched_payment');
  const named = open.filter((review) => isNamed(review, invoice));
  const sameAmount = open.filter(
    (review) =>
      !named.includes(review) && review.amount !== null && sameMoney(review.amount, invoice.outstanding),
  );
  const email = sameAmount.length === 0 ? null : await emailOf(context, invoice);
  const concerned = [...named, ...sameAmount.filter((review) => mayBeOf(review, email))];
  return concerned.flatMap(({ eventId }) => eventId ?? []);
}

/** A part of the invoice, or all of it, that names it: the question says what the payer wrote (`matchInvoice`). */
function isNamed({ amount, reasons }: Review, invoice: Invoice): boolean {
  const { currency, minor } = invoice.outstanding;
  if (amount?.currency !== currency || amount.minor > minor) return false;
  return reasons.some((reason) => {
    const said = /no invoice is named "(.*)", and /s.exec(reason)?.[1];
    return (
      said !== undefined &&
      (said.split(', ').includes(invoice.id) || namingOf(said, invoice.number) !== 'none')
    );
  });
}

/** The question says whose e-mail it was that no invoice fitted; one that does not is matched anew. */
function mayBeOf({ reasons }: Review, email: string | null): boolean {
  const text = reasons.join(' ');
  if (text.includes('the payer has no e-mail')) return false;
  const payer = /no open invoice of (\S+) has this amount/.exec(text)?.[1];
  return payer === undefined || payer.toLowerCase() === email?.toLowerCase();
}

async function emailOf({ books }: FlowContext, { clientId }: Invoice): Promise<string | null> {
  return (await books.getClient(clientId))?.email ?? null;
}
