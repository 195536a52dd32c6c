import type { Database } from '../postgres/database.ts';

/** Something that is called as was searched for. */
export interface SearchHit {
  readonly kind: 'invoice' | 'client' | 'payment' | 'payout' | 'posting' | 'review' | 'event' | 'dead-letter';
  readonly id: string;
  readonly title: string;
  /** Where it is shown, when that is something else: the invoice of a payment. */
  readonly invoiceId: string | null;
}

const HITS_MAX = 20;

/** Invoices by part of number, client or payment; everything else by its whole id. */
export async function search(
  { pool }: Pick<Database, 'pool'>,
  { businessId, text }: { readonly businessId: string; readonly text: string },
): Promise<readonly SearchHit[]> {
  const pattern = `%${text.toLowerCase().replaceAll(/[%_\\]/g, '\\$&')}%`;
  const { rows } = await pool.query<SearchHit>(SEARCH, [businessId, text, pattern]);
  return rows;
}

/** What is named exactly comes first; each branch is one index. */
const SEARCH = `
  SELECT kind, id, title, "invoiceId" FROM (
    SELECT 0 AS rank, 'payment' AS kind, payment_id AS id, 'Debit of invoice ' || invoice_number AS title, invoice_id AS "invoiceId"
      FROM collections WHERE business_id = $1 AND payment_id = $2
    UNION ALL SELECT 0, 'payout', id, 'Payout of ' || COALESCE(arrival_date, created_at), NULL FROM payouts WHERE business_id = $1 AND id = $2
    UNION ALL SELECT 0, 'posting', key, kind || ' dated ' || date, invoice_id FROM postings WHERE business_id = $1 AND key = $2
    UNION ALL SELECT 0, 'review', id, replace(kind, '_', ' '), NULL FROM reviews WHERE business_id = $1 AND id = $2
    UNION ALL (SELECT 1, 'review', id, replace(kind, '_', ' ') || ' on ' || subject_id, NULL FROM reviews
      WHERE business_id = $1 AND subject_id = $2 ORDER BY opened_at DESC LIMIT 5)
    UNION ALL SELECT 0, 'dead-letter', id, flow, NULL FROM dead_letters WHERE id = $2 AND business_id = $1
    UNION ALL (SELECT 2, 'event', inbound_events.id::text, provider || ' ' || type, NULL FROM inbound_events
      WHERE business_id = $1 AND resource_id = $2 ORDER BY inbound_events.id DESC LIMIT 5)
    UNION ALL (SELECT DISTINCT 3, 'client', client_id, client_name, NULL FROM (
        SELECT client_id, client_name FROM invoices WHERE business_id = $1 AND search LIKE $3 AND lower(client_name) LIKE $3 LIMIT 100
      ) named LIMIT 5)
    UNION ALL (SELECT CASE WHEN number = $2 THEN 0 ELSE 2 END, 'invoice', invoice_id,
        concat_ws(' · ', NULLIF(number, ''), client_name), invoice_id
      FROM invoices WHERE business_id = $1 AND search LIKE $3 ORDER BY (number = $2) DESC, touched_at DESC LIMIT 10)
  ) AS hits ORDER BY rank, kind, title LIMIT ${String(HITS_MAX)}`;
