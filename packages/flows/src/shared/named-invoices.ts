import { type FlowContext, type Invoice, namesInvoice, numbersIn } from '@mlc/core';

/**
 * Invoices whose number or id is in one of the texts (references, descriptions), any standing, deleted ones too; which of
 * them a text really names says `namesInvoice`.
 */
export async function invoicesNamed(context: FlowContext, texts: readonly string[]): Promise<Invoice[]> {
  const found: Invoice[] = [];
  for (const number of new Set(texts.flatMap(numbersIn))) {
    found.push(...(await context.books.findInvoicesByNumber(number)));
  }
  for (const id of new Set(texts.map((text) => text.trim()).filter(isId))) {
    const byId = await context.books.getInvoice(id);
    if (byId !== null) found.push(byId);
  }
  return found;
}

/** True when one of the texts names an invoice that stands in the books and is not this one. */
export async function namesAnother(
  context: FlowContext,
  texts: readonly string[],
  invoiceId: string,
): Promise<boolean> {
  const named = await invoicesNamed(context, texts);
  return named.some(
    (other) =>
      other.id !== invoiceId &&
      other.visibility !== 'deleted' &&
      texts.some((text) => namesInvoice(text, other)),
  );
}

function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
