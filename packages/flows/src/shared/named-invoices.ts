import { type FlowContext, type Invoice, numbersIn } from '@mlc/core';

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

function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
