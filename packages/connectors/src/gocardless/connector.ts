import type { Debit, DebitCustomer, Debits, Mandate, NewDebit } from '@mlc/core';
import { ConnectorError } from '@mlc/core';
import { billingRequestsOf } from './billing-requests.ts';
import { type GocardlessAccess, GocardlessClient, type Resource } from './client.ts';
import type { Filters } from './request.ts';
import { customerSchema, eventSchema, mandateSchema, paymentSchema, subscriptionSchema } from './schema.ts';
import { creditorsOf } from './creditors.ts';
import { listSteps, stepsOf } from './steps.ts';
import { fromNewDebit, toCustomer, toDebit, toMandate, toSubscription } from './translate.ts';

const payments = { plural: 'payments', schema: paymentSchema };
const mandates = { plural: 'mandates', schema: mandateSchema };
const customers = { plural: 'customers', schema: customerSchema };
const subscriptions = { plural: 'subscriptions', schema: subscriptionSchema };
const events = { plural: 'events', schema: eventSchema };

/** Calls a connection may make: GoCardless allows 1000 a minute (gocardless.md 1.7); the rest is for other users. */
export const GOCARDLESS_ALLOWANCE = { points: 900, perMs: 60_000 } as const;

/**
 * Debits through GoCardless. Every list is filtered again here, because a filter that the provider ignored would mix in
 * other people's debits. A creation's time-out is `outcome-unknown`: sending it again with the same key is safe.
 */
export function gocardlessDebits(access: GocardlessAccess): Debits {
  const client = new GocardlessClient(access);
  return {
    creditorId: access.creditorId ?? null,
    listCreditors: creditorsOf(client),
    getDebit: async (debitId) => orNull(await client.read('getDebit', payments, debitId), toDebit),
    listDebits: (mandateId) => listDebits(client, mandateId),
    listCustomerDebits: (customerId, from) => listCustomerDebits(client, customerId, from),
    createDebit: (debit, idempotencyKey) => createDebit(client, debit, idempotencyKey),
    cancelDebit: async (debitId) =>
      toDebit(
        await client.write(payments, {
          operation: 'cancelDebit',
          path: `/payments/${encodeURIComponent(debitId)}/actions/cancel`,
          body: { data: {} },
        }),
      ),
    listDebitsCharged: (from, to) => listDebitsCharged(client, from, to),
    stepsOf: (debitId) => stepsOf(client, debitId),
    listSteps: (action, since) => listSteps(client, action, since),
    willRetry: (debitId) => willRetry(client, debitId),
    getMandate: async (mandateId) => orNull(await client.read('getMandate', mandates, mandateId), toMandate),
    listMandates: (customerId) => listMandates(client, customerId),
    getCustomer: async (customerId) =>
      orNull(await client.read('getCustomer', customers, customerId), toCustomer),
    listCustomers: (createdAfter) =>
      createdSince(client, {
        operation: 'listCustomers',
        resource: customers,
        createdAfter,
        translate: toCustomer,
      }),
    listAllMandates: (createdAfter) =>
      createdSince(client, {
        operation: 'listAllMandates',
        resource: mandates,
        createdAfter,
        translate: toMandate,
      }),
    listSubscriptions: async (mandateId) =>
      (await collect(client.list('listSubscriptions', subscriptions, { mandate: mandateId })))
        .map(toSubscription)
        .filter((subscription) => subscription.mandateId === mandateId),
    ...billingRequestsOf(client),
  };
}

function orNull<Wire, Ours>(found: Wire | null, translate: (wire: Wire) => Ours): Ours | null {
  return found === null ? null : translate(found);
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

async function listDebits(client: GocardlessClient, mandateId: string): Promise<Debit[]> {
  const rows = await collect(client.list('listDebits', payments, { mandate: mandateId }));
  return newestFirst(rows.map(toDebit).filter((debit) => debit.mandateId === mandateId));
}

/** Whose mandate each is on cannot be checked again here: a payment names its mandate only. */
async function listCustomerDebits(
  client: GocardlessClient,
  customerId: string,
  from: string,
): Promise<Debit[]> {
  const filters: Filters = { customer: customerId, 'charge_date[gte]': from };
  const rows = await collect(client.list('listCustomerDebits', payments, filters));
  return newestFirst(rows.map(toDebit).filter(({ chargeDate }) => chargeDate === null || chargeDate >= from));
}

async function* listDebitsCharged(
  client: GocardlessClient,
  from: string,
  to: string,
): AsyncGenerator<Debit, void, undefined> {
  const filters: Filters = { 'charge_date[gte]': from, 'charge_date[lte]': to };
  for await (const wire of client.list('listDebitsCharged', payments, filters)) {
    const debit = toDebit(wire);
    if (debit.chargeDate !== null && debit.chargeDate >= from && debit.chargeDate <= to) yield debit;
  }
}

async function listMandates(client: GocardlessClient, customerId: string): Promise<Mandate[]> {
  const rows = await collect(client.list('listMandates', mandates, { customer: customerId }));
  return newestFirst(rows.map(toMandate).filter((mandate) => mandate.customerId === customerId));
}

function newestFirst<T extends { readonly createdAt: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt));
}

/** Checked before anything is sent: a number in JSON carries no larger amount exactly. */
async function createDebit(
  client: GocardlessClient,
  debit: NewDebit,
  idempotencyKey: string,
): Promise<Debit> {
  const { minor } = debit.amount;
  if (minor <= 0n || minor > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ConnectorError({
      kind: 'rejected',
      provider: 'gocardless',
      operation: 'createDebit',
      message: `an amount of ${minor.toString()} minor units cannot be collected`,
      reason: 'invalid_amount',
      field: 'amount',
    });
  }
  return toDebit(
    await client.write(payments, {
      operation: 'createDebit',
      path: '/payments',
      body: { payments: fromNewDebit(debit) },
      idempotencyKey,
    }),
  );
}

/** A payment has several `failed` events when it was retried; only the newest one speaks of what comes (gocardless.md 2.12). */
async function willRetry(client: GocardlessClient, debitId: string): Promise<boolean> {
  const filters: Filters = { payment: debitId, action: 'failed', resource_type: 'payments' };
  const rows = await collect(client.list('willRetry', events, filters));
  const failed = rows.filter(
    (event) =>
      event.links.payment === debitId && event.action === 'failed' && event.resource_type === 'payments',
  );
  const [newest] = newestFirst(failed.map((event) => ({ ...event, createdAt: event.created_at })));
  return newest?.details?.will_attempt_retry === true;
}

interface CreatedSince<Wire, Ours> {
  readonly operation: string;
  readonly resource: Resource<Wire>;
  readonly createdAfter: string | null;
  readonly translate: (wire: Wire) => Ours;
}

/** Moments go out as UTC with a `Z`: an offset's `+` would not survive every reading of the query (gocardless.md 1.4). */
async function* createdSince<Wire, Ours extends DebitCustomer | Mandate>(
  client: GocardlessClient,
  { operation, resource, createdAfter, translate }: CreatedSince<Wire, Ours>,
): AsyncGenerator<Ours, void, undefined> {
  const since = createdAfter === null ? null : new Date(createdAfter);
  const filters: Filters = since === null ? {} : { 'created_at[gt]': since.toISOString() };
  for await (const wire of client.list(operation, resource, filters)) {
    const row = translate(wire);
    if (since === null || Date.parse(row.createdAt) > since.getTime()) yield row;
  }
}
