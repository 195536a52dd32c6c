import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { type ViewFilter, whereEquals } from './filter.ts';

/** One debit as `mlc collections list` shows it (contract section 6). */
export interface CollectionView {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly paymentId: string | null;
  readonly mandateId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** YYYY-MM-DD. */
  readonly chargeDate: string | null;
  readonly state: string;
  readonly attempt: number;
}

interface Row extends Omit<CollectionView, 'amountMinor'> {
  readonly amountMinor: string;
}

/** Collections in the order they were made. */
export async function* listCollections(
  database: Database,
  filter: ViewFilter = {},
): AsyncGenerator<CollectionView> {
  const where = whereEquals({ business_id: filter.businessId });
  const rows = readRows<Row>(database, {
    text: `SELECT invoice_id AS "invoiceId", invoice_number AS "invoiceNumber", payment_id AS "paymentId",
        mandate_id AS "mandateId", amount_minor AS "amountMinor", currency, charge_date AS "chargeDate", state, attempt
      FROM collections ${where.text}
      ORDER BY created_at, business_id COLLATE "C", invoice_id COLLATE "C", attempt`,
    values: where.values,
  });
  for await (const row of rows) yield { ...row, amountMinor: Number(row.amountMinor) };
}
