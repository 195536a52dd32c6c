import type { Books, Debits, Invoice, ReviewAnswer } from '@mlc/core';

/** What was chosen cannot be carried out; the message says why and what to do. Nothing has changed. */
export class ChoiceRefusedError extends Error {
  override readonly name = 'ChoiceRefusedError';
}

/** Where what a person chose is looked up. */
export interface ChoiceContext {
  readonly books: Pick<Books, 'getInvoice' | 'findInvoicesByNumber'>;
  readonly debits: Pick<Debits, 'getCustomer'>;
}

/**
 * The answer with what was chosen as it is called at the provider: the invoice by its number, as all texts show it, or by its
 * id. `currency` is that of the money; null when the question is not about an amount.
 * @throws ChoiceRefusedError for an invoice or customer that does not exist, or an invoice in another currency.
 */
export async function checkChoice(
  context: ChoiceContext,
  answer: ReviewAnswer,
  currency: string | null,
): Promise<ReviewAnswer> {
  const { invoiceId, customerId } = answer;
  if (
    customerId !== undefined &&
    customerId !== '' &&
    (await context.debits.getCustomer(customerId)) === null
  )
    throw new ChoiceRefusedError(`GoCardless has no customer ${customerId}`);
  if (invoiceId === undefined || invoiceId === '') return answer;
  const invoice = await invoiceCalled(context, invoiceId.trim());
  if (invoice.visibility === 'deleted')
    throw new ChoiceRefusedError(`invoice ${invoice.number} was deleted in FreshBooks`);
  if (currency !== null && invoice.outstanding.currency !== currency)
    throw new ChoiceRefusedError(
      `invoice ${invoice.number} is in ${invoice.outstanding.currency}, the payment in ${currency}`,
    );
  return { ...answer, invoiceId: invoice.id };
}

/** @throws ChoiceRefusedError when there is none, or several. */
async function invoiceCalled({ books }: ChoiceContext, text: string): Promise<Invoice> {
  const found = await invoiceByName(books, text);
  if (found === null) throw new ChoiceRefusedError(`FreshBooks has no invoice with the number or id ${text}`);
  return found;
}

/**
 * The invoice that people call `text`: by its number, as all texts show it, or by its id; a deleted one only when no other is
 * called so. Null when FreshBooks has none.
 * @throws ChoiceRefusedError when it may mean several.
 */
export async function invoiceByName(books: ChoiceContext['books'], text: string): Promise<Invoice | null> {
  const byNumber = await books.findInvoicesByNumber(text);
  const byId = /^\d{1,15}$/.test(text) ? await books.getInvoice(text) : null;
  const called = new Map([...byNumber, ...(byId === null ? [] : [byId])].map((each) => [each.id, each]));
  const standing = [...called.values()].filter(({ visibility }) => visibility !== 'deleted');
  const [first, ...others] = standing.length > 0 ? standing : [...called.values()];
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const all = [first, ...others].map(({ number, id }) => `${number} (id ${id})`).join(', ');
  throw new ChoiceRefusedError(
    `${text} may mean several invoices: ${all}; name the right one by the other of the two`,
  );
}
