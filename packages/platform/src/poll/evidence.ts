import type { BookingRef, Evidence, PolledIdentity } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { cameToNothing } from '../inbox/run-again.ts';
import { POLLED_CORRELATION } from './record-polled.ts';

/** An object that a poll found changed. */
export interface ChangedObject {
  readonly resourceId: string;
  readonly identity: Extract<PolledIdentity, { kind: 'object-state' }>;
}

interface ReceivedRow {
  readonly noun: string;
  readonly resource_id: string;
  /** When the newest came that a webhook brought. */
  readonly told_at: Date | null;
  /** Of those whose run came, or will come, to something. */
  readonly looked_at: Date | null;
  /** The same without looks that saw no money move. */
  readonly saw_money_at: Date | null;
}

interface BookedRow {
  readonly ref: string;
  readonly booked_at: Date;
}

/** Ids follow the times of receipt, but not to the second: batches are stored side by side. */
const ORDER_MARGIN_MS = 60_000;

/**
 * What is known about each of the objects, in their order: events received about it (by webhook or polling) and bookings
 * of ours. Only events received since `since` are looked at: older ones say nothing about a later change.
 */
export async function evidenceOf(
  database: Database,
  connection: { readonly connectionId: string; readonly businessId: string },
  objects: readonly ChangedObject[],
  since: Date,
): Promise<readonly Evidence[]> {
  const ids = [...new Set(objects.map(({ resourceId }) => resourceId))];
  const [received, booked] = await Promise.all([
    receivedAbout(database, connection, ids, since),
    bookedAbout(
      database,
      connection.businessId,
      objects.flatMap(({ identity }) => identity.booking ?? []),
    ),
  ]);
  return objects.map(({ resourceId, identity }) => {
    const about = received.filter(
      (row) => row.resource_id === resourceId && (identity.noun === null || row.noun === identity.noun),
    );
    const bookedAt = identity.booking === null ? null : (booked.get(refOf(identity.booking)) ?? null);
    // To book what a provider's transaction brought, it was fetched; a booking in the books is a change of them.
    const isLook = identity.booking?.by === 'source';
    return {
      toldAt: newestOf(about.map((row) => row.told_at)),
      lookedAt: newestOf([...about.map(lookOf(identity)), ...(isLook ? [bookedAt] : [])]),
      wroteAt: isLook ? null : bookedAt,
    };
  });
}

/** What counts as a look is how an event ended, not that it came. */
function lookOf({ moved = false }: ChangedObject['identity']): (row: ReceivedRow) => Date | null {
  return (row) => (moved ? row.saw_money_at : row.looked_at);
}

function newestOf(moments: readonly (Date | null)[]): Date | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : new Date(Math.max(...known.map((moment) => moment.getTime())));
}

/** The index over a business's events by id bounds this to what is newer than `since`. */
async function receivedAbout(
  database: Database,
  { connectionId, businessId }: { readonly connectionId: string; readonly businessId: string },
  resourceIds: readonly string[],
  since: Date,
): Promise<readonly ReceivedRow[]> {
  const { rows } = await database.pool.query<ReceivedRow>(
    `SELECT split_part(type, '.', 1) AS noun, resource_id,
       max(received_at) FILTER (WHERE NOT starts_with(correlation_id, $5)) AS told_at,
       max(received_at) FILTER (WHERE NOT ${cameToNothing('FALSE')}) AS looked_at,
       max(received_at) FILTER (WHERE NOT ${cameToNothing('TRUE')}) AS saw_money_at
     FROM inbound_events event
     WHERE business_id = $1 AND connection_id = $2 AND resource_id = ANY($3)
       AND id > (SELECT coalesce(max(id), 0) FROM inbound_events WHERE business_id = $1 AND received_at < $4)
     GROUP BY 1, 2`,
    [businessId, connectionId, resourceIds, new Date(since.getTime() - ORDER_MARGIN_MS), POLLED_CORRELATION],
  );
  return rows;
}

async function bookedAbout(
  database: Database,
  businessId: string,
  bookings: readonly BookingRef[],
): Promise<ReadonlyMap<string, Date>> {
  if (bookings.length === 0) return new Map();
  const keys = bookings.flatMap((ref) => (ref.by === 'key' ? ref.key : []));
  const invoices = bookings.flatMap((ref) => (ref.by === 'invoice' ? ref.invoiceId : []));
  const sources = bookings.filter((ref) => ref.by === 'source');
  const { rows } = await database.pool.query<BookedRow>(
    `SELECT 'key ' || key AS ref, updated_at AS booked_at FROM postings
       WHERE business_id = $1 AND key = ANY($2) AND called_at IS NOT NULL
     UNION ALL
     SELECT 'invoice ' || invoice_id, max(updated_at) FROM postings
       WHERE business_id = $1 AND invoice_id = ANY($3) AND called_at IS NOT NULL GROUP BY invoice_id
     UNION ALL
     SELECT 'source ' || source_provider || ' ' || source_id, max(updated_at) FROM postings
       WHERE business_id = $1 AND source_provider = ANY($4) AND source_id = ANY($5) AND state <> 'intent'
       GROUP BY source_provider, source_id`,
    [
      businessId,
      keys,
      invoices,
      [...new Set(sources.map((ref) => ref.provider))],
      sources.map((ref) => ref.sourceId),
    ],
  );
  return new Map(rows.map((row) => [row.ref, row.booked_at]));
}

function refOf(ref: BookingRef): string {
  switch (ref.by) {
    case 'key':
      return `key ${ref.key}`;
    case 'invoice':
      return `invoice ${ref.invoiceId}`;
    case 'source':
      return `source ${ref.provider} ${ref.sourceId}`;
  }
}
