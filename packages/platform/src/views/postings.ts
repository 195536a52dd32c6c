import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { type ViewFilter, whereEquals } from './filter.ts';

/** One entry in the books as `mlc postings list` shows it (contract section 6). */
export interface PostingView {
  readonly key: string;
  readonly kind: string;
  readonly invoiceId: string | null;
  readonly source: { readonly provider: string; readonly id: string };
  readonly amountMinor: number;
  readonly currency: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly state: string;
  readonly externalId: string | null;
}

interface Row extends Omit<PostingView, 'amountMinor'> {
  readonly amountMinor: string;
}

/** Postings in the order they were intended. */
export async function* listPostings(
  database: Database,
  filter: ViewFilter = {},
): AsyncGenerator<PostingView> {
  const where = whereEquals({ business_id: filter.businessId });
  const rows = readRows<Row>(database, {
    text: `SELECT key, kind, invoice_id AS "invoiceId",
        json_build_object('provider', source_provider, 'id', source_id) AS source,
        amount_minor AS "amountMinor", currency, date, state, external_id AS "externalId"
      FROM postings ${where.text}
      ORDER BY created_at, business_id COLLATE "C", cycle, kind = 'reversal', key COLLATE "C"`,
    values: where.values,
  });
  for await (const row of rows) yield { ...row, amountMinor: Number(row.amountMinor) };
}
