import { type AuditEntry, type Clock, waitingForMandate } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import { clientStore } from '../store/clients.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { sqlOn } from '../postgres/sql.ts';
import { eventStore } from '../inbox/events.ts';

/** A person's word on which GoCardless customer a FreshBooks client is. */
export interface ClientLinking {
  readonly businessId: string;
  readonly clientId: string;
  readonly customerId: string;
  /** The client's invoices that have something outstanding. */
  readonly openInvoiceIds: readonly string[];
  /** The person's user name, or `cli`. */
  readonly by: string;
}

/** What linking led to. */
export interface LinkedClient {
  /** The customer that the client was before; null when none was known. */
  readonly replaces: string | null;
  /** Events that waited for a customer or a mandate and run again now. */
  readonly woken: number;
}

/** Stores the link and runs again what waited for it: the client's invoices with an open question, and parked ones. */
export function linkClient(database: Database, clock: Clock, linking: ClientLinking): Promise<LinkedClient> {
  const { businessId, clientId, customerId, openInvoiceIds, by } = linking;
  return database.transaction(async (tx) => {
    const clients = clientStore(sqlOn(tx), businessId, clock);
    const before = await clients.linkOf(clientId);
    const replaces = before === null || before.customerId === customerId ? null : before.customerId;
    await clients.link(clientId, customerId, `by a person (${by})`);
    const events = eventStore(sqlOn(tx), businessId, clock);
    const asked = await eventsAsking(tx, businessId, openInvoiceIds);
    const woken = (await events.wake(waitingForMandate(clientId))) + (await events.rerun(asked));
    await appendAudit(tx, businessId, clock, entryOf(linking, { replaces, woken }));
    return { replaces, woken };
  });
}

function entryOf({ clientId, customerId, by }: ClientLinking, { replaces, woken }: LinkedClient): AuditEntry {
  return {
    actor: by,
    action: 'client.linked',
    subject: { provider: 'freshbooks', type: 'client', id: clientId },
    correlationId: null,
    details: { customerId, replaces, woken },
  };
}

/** Questions that a customer may answer. */
const ABOUT_CUSTOMER = ['no_mandate', 'ambiguous_customer', 'currency_mismatch'];

/** The events behind open questions about the customer of these invoices. */
async function eventsAsking(
  tx: Executor,
  businessId: string,
  invoiceIds: readonly string[],
): Promise<string[]> {
  const onInvoices = {
    subjectProvider: 'freshbooks',
    subjectType: 'invoice',
    subjectId: { in: [...invoiceIds] },
  };
  const where = { businessId, state: 'open', kind: { in: ABOUT_CUSTOMER }, ...onInvoices };
  const rows = await tx.review.findMany({ where, select: { eventId: true } });
  return rows.flatMap(({ eventId }) => eventId ?? []);
}
