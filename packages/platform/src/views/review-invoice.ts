/** The invoice that a question is about, and whose it is. */
export interface ReviewInvoice {
  /** FreshBooks ids. */
  readonly id: string;
  readonly number: string;
  readonly clientId: string;
  readonly clientName: string | null;
}

/** The name of the client of a row of `invoices`: as FreshBooks shows it, else as GoCardless does. */
export const CLIENT_NAME = `COALESCE(invoices.client_name, (SELECT customer.name FROM client_links link JOIN mirrored_customers customer
  ON customer.business_id = link.business_id AND customer.id = link.customer_id
  WHERE link.business_id = invoices.business_id AND link.client_id = invoices.client_id))`;

/** One column `invoice` for a row of `reviews`: of a question about an invoice, or about the debit that is for one. */
export const INVOICE_OF_REVIEW = `
  SELECT json_build_object('id', invoices.invoice_id, 'number', invoices.number, 'clientId', invoices.client_id,
    'clientName', ${CLIENT_NAME}) AS invoice
  FROM invoices WHERE invoices.business_id = reviews.business_id AND invoices.invoice_id = CASE
    WHEN reviews.subject_provider = 'freshbooks' AND reviews.subject_type = 'invoice' THEN reviews.subject_id
    WHEN reviews.subject_provider = 'gocardless' AND reviews.subject_type = 'payment' THEN (
      SELECT c.invoice_id FROM collections c WHERE c.business_id = reviews.business_id AND c.payment_id = reviews.subject_id)
    END`;
