import type { Clock, Collection, CollectionStore } from '@mlc/core';
import { randomUUID } from 'node:crypto';
import { noSuch } from '../postgres/errors.ts';
import { requiring } from '../postgres/refusals.ts';
import type { BigintColumn, Sql } from '../postgres/sql.ts';
import { insertion, selected, update } from '../postgres/statements.ts';

type Changes = Parameters<CollectionStore['update']>[1];

/** Debits of one business in Postgres. */
export function collectionStore(sql: Sql, businessId: string, clock: Clock): CollectionStore {
  const list = async (query: string, value: string): Promise<readonly Collection[]> => {
    const rows = await sql.rows<CollectionRow>(query, [businessId, value]);
    return rows.sort(oldestFirst).map(collectionOf);
  };
  return {
    ofInvoice: (invoiceId) => list(OF_INVOICE, invoiceId),
    ofSchedule: (scheduleId) => list(OF_SCHEDULE, scheduleId),
    liveOfClient: (clientId) => list(LIVE_OF_CLIENT, clientId),
    liveOnMandate: (mandateId) => list(LIVE_ON_MANDATE, mandateId),
    byPayment: async (paymentId) => (await list(BY_PAYMENT, paymentId))[0] ?? null,
    countCalled: async (currency, { from, to }) => {
      await takeTurn(sql, `debits:${businessId}:${currency}`);
      const [row] = await sql.rows<{ count: number }>(COUNT_CALLED, [businessId, currency, from, to]);
      return row?.count ?? 0;
    },
    reservedOnMandate: async (mandateId) => {
      await takeTurn(sql, `mandate:${mandateId}`);
      return list(LIVE_ON_MANDATE, mandateId);
    },
    insert: async (collection) => {
      const { amount, ...rest } = collection;
      const now = clock.now();
      const row = { id: randomUUID(), ...rest, ...amountColumns(amount) };
      const { text, values } = insertion('collections', {
        ...row,
        businessId,
        createdAt: now,
        updatedAt: now,
      });
      await sql.tell(text, values);
      return { ...collection, id: row.id };
    },
    update: async (id, changes) => {
      const columns = { ...columnsOf(changes), updatedAt: clock.now() };
      const { text, values } = update('collections', columns, { id, businessId });
      await sql.tell(requiring(text), values, () => noSuch(`collection ${id}`));
    },
  };
}

const COLUMNS = [
  ...[
    'id',
    'invoiceId',
    'invoiceNumber',
    'clientId',
    'attempt',
    'origin',
    'paymentId',
    'mandateId',
    'amountMinor',
  ],
  ...['currency', 'chargeDate', 'wantedDate', 'creditorId', 'state', 'idempotencyKey', 'scheduleId'],
  ...['willAttemptRetry', 'calledAt', 'endedBy', 'createdAt'],
];

/** Still on the way to the money: what `isLive` says, without the ones that brought it. */
const NOT_ENDED = `(state IN ('planned', 'requested', 'pending_submission', 'submitted', 'confirmed')
  OR (state = 'failed' AND will_attempt_retry))`;

const OF_BUSINESS = `SELECT ${selected(COLUMNS)} FROM collections WHERE business_id = $1 AND `;
const OF_INVOICE = `${OF_BUSINESS} invoice_id = $2`;
const OF_SCHEDULE = `${OF_BUSINESS} schedule_id = $2`;
const LIVE_OF_CLIENT = `${OF_BUSINESS} client_id = $2 AND ${NOT_ENDED}`;
const LIVE_ON_MANDATE = `${OF_BUSINESS} mandate_id = $2 AND ${NOT_ENDED}`;
const BY_PAYMENT = `${OF_BUSINESS} payment_id = $2`;
const COUNT_CALLED = `SELECT count(*)::int AS count FROM collections
  WHERE business_id = $1 AND origin = 'ours' AND currency = $2 AND called_at >= $3 AND called_at < $4`;

/** A row as it is read. */
interface CollectionRow extends Omit<Collection, 'amount'> {
  readonly amountMinor: BigintColumn;
  readonly currency: string;
  readonly createdAt: Date;
}

/** Whoever asks for the same waits until this transaction has ended. */
async function takeTurn(sql: Sql, name: string): Promise<void> {
  await sql.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text AS taken', [name]);
}

function oldestFirst(left: CollectionRow, right: CollectionRow): number {
  return (
    left.createdAt.getTime() - right.createdAt.getTime() ||
    left.attempt - right.attempt ||
    (left.invoiceId < right.invoiceId ? -1 : 1)
  );
}

function amountColumns(amount: Collection['amount']): { amountMinor: bigint; currency: string } {
  return { amountMinor: amount.minor, currency: amount.currency };
}

function columnsOf(changes: Changes) {
  const { amount, ...rest } = changes;
  return amount === undefined ? rest : { ...rest, ...amountColumns(amount) };
}

function collectionOf({ amountMinor, currency, createdAt: _, ...row }: CollectionRow): Collection {
  const amount = { minor: BigInt(amountMinor), currency };
  return { ...row, amount, endedBy: row.endedBy === 'us' ? 'us' : null };
}
