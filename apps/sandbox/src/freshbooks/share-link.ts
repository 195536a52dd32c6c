import { badField } from './failures.ts';
import { invoiceById } from './invoice-write.ts';
import type { Call, Wire } from './resource.ts';

/** A link to a sent invoice (freshbooks.md 3.2). */
export function shareLink({ books }: Call, invoiceId: number): Wire {
  const invoice = invoiceById(books, invoiceId);
  if (invoice.base === 1) {
    const message = 'The invoice must be sent before it can be shared.';
    throw badField({ object: 'invoice', field: 'invoiceid', value: invoiceId, message });
  }
  return {
    resourceid: invoice.id,
    resource_type: 'invoice',
    share_link: `https://sandbox.example/view/${invoice.uuid}`,
    share_method: 'share_link',
    clientid: invoice.customerId,
  };
}
