import type { Database } from '../postgres/database.ts';

/** Whom a person speaks of: an invoice by its number or FreshBooks id, a client by its FreshBooks id. */
export interface Named {
  readonly businessId: string;
  readonly kind: 'invoice' | 'client';
  readonly text: string;
}

/** What our own records know by that name, as FreshBooks ids: for when FreshBooks cannot be asked, or has it no more. */
export async function recordedNames(
  { pool }: Pick<Database, 'pool'>,
  { businessId, kind, text }: Named,
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(kind === 'invoice' ? INVOICES : CLIENTS, [
    businessId,
    text,
  ]);
  return rows.map(({ id }) => id);
}

const INVOICES = `
SELECT invoice_id AS id FROM collections WHERE business_id = $1 AND $2 IN (invoice_id, invoice_number)
UNION SELECT invoice_id FROM postings WHERE business_id = $1 AND $2 IN (invoice_id, invoice_number) AND invoice_id IS NOT NULL
UNION SELECT id FROM opt_outs WHERE business_id = $1 AND kind = 'invoice' AND id = $2 ORDER BY 1`;

const CLIENTS = `
SELECT client_id AS id FROM collections WHERE business_id = $1 AND client_id = $2
UNION SELECT id FROM opt_outs WHERE business_id = $1 AND kind = 'client' AND id = $2`;
