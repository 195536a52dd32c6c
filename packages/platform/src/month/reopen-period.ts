import type { Clock } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import { lockedPeriods } from './close-period.ts';
import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { WishRefusedError } from '../answers/person-says.ts';
import type { ClosedMonth } from './stored.ts';
import { type ViewFilter, whereEquals } from '../views/filter.ts';

/** A closed month to open again; `note` says why and is kept in the audit log. Whoever calls this has checked who asks. */
export interface Reopening {
  readonly business: { readonly id: string; readonly slug: string };
  readonly month: string;
  readonly note: string;
  readonly by: string;
}

/**
 * Opens a closed month again and forgets the report kept of it; entries that went into a later month meanwhile stay there.
 * Returns the SHA-256 it had been closed with. @throws WishRefusedError when it is not closed.
 */
export function reopenPeriod(database: Database, clock: Clock, reopening: Reopening): Promise<string> {
  const { business, month, note, by } = reopening;
  const businessId = business.id;
  return lockedPeriods(database, businessId, async (tx) => {
    const where = { businessId_month: { businessId, month } };
    const closed = await tx.closedPeriod.findUnique({ where });
    if (closed === null) throw new WishRefusedError(`${month} of ${business.slug} is not closed`);
    await tx.periodReport.deleteMany({ where: { businessId, month } });
    await tx.closedPeriod.delete({ where });
    await appendAudit(tx, businessId, clock, {
      actor: by,
      action: 'period.reopened',
      subject: { provider: 'mlc', type: 'period', id: month },
      correlationId: null,
      details: {
        note,
        sha256: closed.sha256,
        closedBy: closed.closedBy,
        closedAt: closed.closedAt.toISOString(),
      },
    });
    return closed.sha256;
  });
}

/** Closed months by business and month. */
export async function* listClosed(database: Database, filter: ViewFilter = {}): AsyncGenerator<ClosedMonth> {
  const where = whereEquals({ business_id: filter.businessId });
  const rows = readRows<Omit<ClosedMonth, 'closedAt'> & { readonly closedAt: Date }>(database, {
    text: `SELECT slug AS business, month, sha256, closed_by AS "closedBy", closed_at AS "closedAt"
      FROM closed_periods JOIN businesses ON businesses.id = business_id ${where.text}
      ORDER BY slug COLLATE "C", month COLLATE "C"`,
    values: where.values,
  });
  for await (const row of rows) yield { ...row, closedAt: row.closedAt.toISOString() };
}

/** True when the month is closed now. */
export async function isClosed(database: Database, businessId: string, month: string): Promise<boolean> {
  return (await database.prisma.closedPeriod.count({ where: { businessId, month } })) > 0;
}
