import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { FlowName } from '@mlc/core';
import type { FlowEngine } from '@mlc/platform';
import { attemptEvent } from '@mlc/platform/queue/attempt';
import { type CountedStatements, countStatements } from '@mlc/testkit/counted-statements';
import { openPolledBusiness, type PolledBusiness } from '../../../tests/support/polled-business.ts';
import { composeEngine } from './compose.ts';

jest.setTimeout(120_000);

let business: PolledBusiness;
let engine: FlowEngine;
let seeded = 0;

beforeAll(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
  const { runtime, polling } = business;
  engine = composeEngine({ runtime, locks: polling.locks, connections: polling.connections });
  // FreshBooks dates invoices in a zone of its own, where it may still be the day before the business was applied.
  await runtime.database.pool.query(
    `UPDATE businesses SET policy = policy || '{"collectFrom":"2020-01-01"}'`,
  );
  // An ingress of this process would be counted, too: what it would store is seeded here.
  for (const { deliveries } of [business.sandbox.freshbooks, business.sandbox.gocardless])
    deliveries.set({ drop: 'always' });
});
afterAll(() => business.stop());

/** What a job sent to Postgres from its load to its end, and how often it waited for an answer. */
interface Sent {
  readonly texts: readonly string[];
  readonly roundTrips: number;
}

/** Seeds one event and runs its job. */
async function sentByJob(event: Omit<Seed, 'businessId' | 'connectionId'>): Promise<Sent> {
  const job = await queued(event);
  const counted = countStatements();
  try {
    expect(await attemptEvent(engine, event.flow, job)).toEqual({ then: 'complete' });
    return ofJob(counted);
  } finally {
    counted.stop();
  }
}

interface Seed {
  readonly flow: FlowName;
  readonly provider: 'freshbooks' | 'gocardless' | 'paypal';
  readonly type: string;
  readonly resourceId: string;
  readonly payload: string;
}

async function queued({ flow, provider, type, resourceId, payload }: Seed) {
  seeded += 1;
  const { id, correlationId, run } = await business.runtime.database.prisma.inboundEvent.create({
    data: {
      businessId: business.businessId,
      connectionId: business.connectionIds[provider],
      provider,
      type,
      externalEventId: `seed-${seeded}`,
      resourceId,
      payload,
      correlationId: `seed-${seeded}`,
      flow,
      state: 'queued',
    },
  });
  return { eventId: String(id), correlationId, run, stalls: 0 };
}

function invoiceEvent(id: number) {
  const payload = `name=invoice.create&object_id=${id}&account_id=ACC1&business_id=1&identity_id=1&user_id=1`;
  return {
    flow: 'invoice-to-mandate',
    provider: 'freshbooks',
    type: 'invoice.create',
    resourceId: String(id),
    payload,
  } as const;
}

function debitEvent(id: string) {
  const payload = JSON.stringify({
    id: `EV${id}`,
    resource_type: 'payments',
    action: 'confirmed',
    links: { payment: id },
  });
  return {
    flow: 'payment-to-freshbooks',
    provider: 'gocardless',
    type: 'payments.confirmed',
    resourceId: id,
    payload,
  } as const;
}

function captureEvent(id: string, invoiceNumber: string) {
  const payload = JSON.stringify({
    id: `WH-${id}`,
    event_version: '1.0',
    resource_type: 'capture',
    resource_version: '2.0',
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: { id, status: 'COMPLETED', invoice_id: invoiceNumber },
  });
  return {
    flow: 'paypal-capture-to-freshbooks',
    provider: 'paypal',
    type: 'PAYMENT.CAPTURE.COMPLETED',
    resourceId: id,
    payload,
  } as const;
}

function anInvoice(email: string) {
  const desk = business.sandbox.freshbooks.desk();
  const client = desk.createClient({ email, organization: email });
  return desk.createInvoice({ clientId: client.id, amount: '120.00', dueInDays: 10 });
}

/** What is sent once per process or lease (tokens, chain head, allowance of calls) is not of one job: the second one counts. */
async function twice(one: (n: number) => Promise<Sent>): Promise<Sent> {
  await one(1);
  return one(2);
}

/** Leases of calls, what was seen of invoices, and how a new connection of the pool begins: beside the jobs, for many at once. */
const NOT_OF_A_JOB = ['"rate_limits"', 'INSERT INTO invoices', 'SET TIME ZONE'];

function ofJob({ sent, roundTrips }: Pick<CountedStatements, 'sent' | 'roundTrips'>): Sent {
  const texts = sent.filter((text) => !NOT_OF_A_JOB.some((part) => text.includes(part)));
  return { texts, roundTrips: roundTrips - (sent.length - texts.length) };
}

/** Fails with what was sent when that is more. */
function expectAtMost(most: { readonly roundTrips: number; readonly statements: number }, sent: Sent): void {
  const isMore = sent.roundTrips > most.roundTrips || sent.texts.length > most.statements;
  const told = [sent.roundTrips, ...sent.texts.map((text) => text.replace(/\s+/g, ' ').trim())];
  expect(isMore ? told : []).toEqual([]);
}

test('invoice → debit', async () => {
  const sent = await twice(async (n) => {
    const email = `payer-${n}@client.test`;
    business.sandbox.gocardless.scenarios.addPayer({ email, companyName: email });
    return sentByJob(invoiceEvent(anInvoice(email).id));
  });
  expect(business.sandbox.gocardless.books().payments).toHaveLength(2);
  expectAtMost({ roundTrips: 29, statements: 48 }, sent);
});

test('debit confirmed → booked', async () => {
  const sent = await twice(async (n) => {
    const debit = business.sandbox.gocardless.books().payments[n - 1];
    business.sandbox.gocardless.scenarios.confirmPayment({ payment: debit?.id ?? '' });
    return sentByJob(debitEvent(debit?.id ?? ''));
  });
  expectAtMost({ roundTrips: 19, statements: 37 }, sent);
});

test('PayPal capture → booked', async () => {
  const sent = await twice(async (n) => {
    const { id, number } = anInvoice(`buyer-${n}@client.test`);
    const { captureId } = business.sandbox.paypal.scenarios.payerPays({
      amount: '120.00',
      invoiceId: number,
    });
    const texts = await sentByJob(captureEvent(captureId, number));
    expect(business.sandbox.freshbooks.desk().invoice(id).outstanding).toBe('0.00');
    return texts;
  });
  expectAtMost({ roundTrips: 20, statements: 30 }, sent);
});
