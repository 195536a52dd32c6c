import type { Clock, Subject } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { sqlOn } from '../postgres/sql.ts';
import { eventStore } from '../inbox/events.ts';

/** Whom collecting is switched off or on for. */
export interface OptOutTarget {
  readonly businessId: string;
  readonly kind: 'invoice' | 'client';
  /** FreshBooks id. */
  readonly id: string;
  /** Why; kept in the audit log. */
  readonly note: string;
  readonly by: string;
}

/** A wish that cannot be carried out; the message says why and what to do. */
export class WishRefusedError extends Error {
  override readonly name = 'WishRefusedError';
}

/** Switches collecting off for an invoice or a client; debits under way are looked at again, and cancelled if possible. */
export function optOut(database: Database, clock: Clock, target: OptOutTarget): Promise<void> {
  const { businessId, kind, id, note: why, by } = target;
  return database.transaction(async (tx) => {
    const key = { businessId_kind_id: { businessId, kind, id } };
    await tx.optOut.upsert({
      where: key,
      create: { businessId, kind, id, why, by },
      update: { why, by, at: clock.now() },
    });
    await lookAgain(tx, clock, target);
    await auditWish(tx, clock, { target, action: `${kind}.opted-out` });
  });
}

/** Switches it on again. @throws WishRefusedError when it was not off. */
export function optIn(database: Database, clock: Clock, target: OptOutTarget): Promise<void> {
  const { businessId, kind, id } = target;
  return database.transaction(async (tx) => {
    const { count } = await tx.optOut.deleteMany({ where: { businessId, kind, id } });
    if (count === 0) throw new WishRefusedError(`${kind} ${id} is not opted out`);
    await lookAgain(tx, clock, target);
    await auditWish(tx, clock, { target, action: `${kind}.opted-in` });
  });
}

/** Runs the newest event of each invoice concerned again. */
export async function lookAgain(
  tx: Executor,
  clock: Clock,
  { businessId, kind, id }: OptOutTarget,
): Promise<void> {
  const invoiceIds = kind === 'invoice' ? [id] : await invoicesOf(tx, businessId, id);
  await eventStore(sqlOn(tx), businessId, clock).rerunInvoices(invoiceIds);
}

async function invoicesOf(tx: Executor, businessId: string, clientId: string): Promise<string[]> {
  const rows = await tx.collection.findMany({ where: { businessId, clientId }, distinct: ['invoiceId'] });
  return rows.map((row) => row.invoiceId);
}

export function auditWish(
  tx: Executor,
  clock: Clock,
  { target, action }: { target: OptOutTarget; action: string },
): Promise<void> {
  const subject: Subject = { provider: 'freshbooks', type: target.kind, id: target.id };
  const entry = { actor: target.by, action, subject, correlationId: null, details: { note: target.note } };
  return appendAudit(tx, target.businessId, clock, entry);
}
