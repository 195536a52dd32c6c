/** The invoice that a question is about, and whose it is. */
export interface ReviewInvoice {
  /** FreshBooks ids. */
  readonly id: string;
  readonly number: string;
  readonly clientId: string;
  readonly clientName: string | null;
}

/** One column `invoice` for a row of `reviews`: of a question about an invoice, or about the debit that is for one. */
export const INVOICE_OF_REVIEW = `
  SELECT json_build_object('id', c.invoice_id, 'number', c.invoice_number, 'clientId', c.client_id, 'clientName',
    (SELECT name FROM client_links link JOIN mirrored_customers customer
       ON customer.business_id = link.business_id AND customer.id = link.customer_id
     WHERE link.business_id = c.business_id AND link.client_id = c.client_id)) AS invoice
  FROM collections c WHERE c.business_id = reviews.business_id AND (
    (reviews.subject_provider = 'freshbooks' AND reviews.subject_type = 'invoice' AND c.invoice_id = reviews.subject_id)
    OR (reviews.subject_provider = 'gocardless' AND reviews.subject_type = 'payment' AND c.payment_id = reviews.subject_id))
  ORDER BY c.attempt DESC LIMIT 1`;
