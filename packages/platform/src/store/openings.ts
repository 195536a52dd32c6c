import type { AuditEntry, Clock, Repositories } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { insertion } from '../postgres/statements.ts';
import { transactionOf } from './store.ts';

/** An opening balance that is to be written, of one provider. */
export interface Opening {
  readonly businessId: string;
  readonly provider: string;
  /** YYYY-MM-DD: the day of go-live it was computed for. */
  readonly asOf: string;
}

/** Providers of a business whose opening balance is on record. */
export async function openedProviders(database: Database, businessId: string): Promise<ReadonlySet<string>> {
  const rows = await database.prisma.ledgerOpening.findMany({ where: { businessId } });
  return new Set(rows.map(({ provider }) => provider));
}

/**
 * Writes an opening balance once, all or nothing: false when it was on record, `write` is then not called. Two processes
 * that try at once wait for each other here.
 */
export function recordOpening(
  database: Database,
  clock: Clock,
  { businessId, provider, asOf }: Opening,
  write: (tx: Repositories) => Promise<Readonly<Record<string, unknown>>>,
): Promise<boolean> {
  return transactionOf(database, businessId, { clock }, async (tx, sql) => {
    const row = { businessId, provider, asOf, recordedAt: clock.now() };
    const { text, values } = insertion('ledger_openings', row);
    if ((await sql.count(`${text} ON CONFLICT DO NOTHING`, values)) === 0) return false;
    await tx.audit.append(openedEntry({ businessId, provider, asOf }, await write(tx)));
    return true;
  });
}

function openedEntry(
  { businessId, provider, asOf }: Opening,
  details: Readonly<Record<string, unknown>>,
): AuditEntry {
  return {
    actor: 'system',
    action: 'ledger.opened',
    subject: { provider, type: 'business', id: businessId },
    correlationId: null,
    details: { asOf, ...details },
  };
}
