import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { SandboxClock } from '@mlc/sandbox';
import { until } from '@mlc/testkit/flow-engine';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness();
});
afterEach(() => business.stop());

const inbox = () => business.runtime.database.prisma.inboundEvent.findMany({ orderBy: { id: 'asc' } });
const audit = (action: string) =>
  business.runtime.database.prisma.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } });
const desk = () => business.sandbox.freshbooks.desk();
const scenarios = () => business.sandbox.gocardless.scenarios;
const aPayer = () => scenarios().addPayer({ email: 'payer@client.test' });

/** Beyond the second something changed in, its moment tells it from what came before. */
async function nextSecond(): Promise<void> {
  const end = (Math.floor(Date.now() / 1_000) + 1) * 1_000;
  await until('the next second', () => Date.now() >= end);
}

test('events GoCardless could not deliver are found once, as their webhooks would have brought them', async () => {
  await business.whileWebhooksAre('delivered', aPayer);
  const delivered = await inbox();
  expect(delivered.length).toBeGreaterThan(0);
  await business.whileWebhooksAre('lost', aPayer);
  const { gocardless: first } = await business.poll('gocardless');
  const lost = (await inbox()).slice(delivered.length);
  expect(first).toMatchObject({ missing: lost.length, recovered: 0, failure: null });
  expect(first?.seen).toBe(delivered.length + lost.length);
  expect(lost.length).toBe(delivered.length);
  for (const [index, event] of lost.entries()) {
    const twin = delivered.find(({ type }) => type === event.type);
    expect(event).toMatchObject({ flow: twin?.flow, state: 'stored', provider: 'gocardless' });
    expect(JSON.parse(event.payload)).toMatchObject({ id: event.externalEventId });
    expect(event.correlationId).toMatch(/^poll-/);
    expect(lost.findIndex(({ correlationId }) => correlationId === event.correlationId)).toBe(index);
  }
  expect((await business.poll('gocardless'))['gocardless']).toMatchObject({ missing: 0, recovered: 0 });
  expect((await inbox()).length).toBe(delivered.length + lost.length);
  const entries = await audit('event.recovered');
  expect(entries.map(({ correlationId }) => correlationId)).toEqual(
    expect.arrayContaining(lost.map(({ correlationId }) => correlationId)),
  );
  expect(entries).toHaveLength(lost.length);
  expect(await audit('poll.finished')).toHaveLength(2);
});

test('a webhook that comes after polling found its event is a duplicate', async () => {
  business.sandbox.gocardless.deliveries.set({ paused: true });
  aPayer();
  await business.poll('gocardless');
  const found = (await inbox()).length;
  business.sandbox.gocardless.deliveries.set({ paused: false });
  await business.sandbox.idle();
  expect(found).toBeGreaterThan(0);
  expect((await inbox()).length).toBe(found);
});

test('a list of several pages is read to its end', async () => {
  await business.whileWebhooksAre('lost', () => {
    for (let payers = 0; payers < 300; payers += 1) aPayer();
  });
  const { gocardless } = await business.poll('gocardless');
  expect(gocardless?.missing).toBeGreaterThan(500);
  const ids = (await inbox()).map(({ externalEventId }) => externalEventId);
  expect(new Set(ids).size).toBe(gocardless?.missing);
});

test('a payout, its bounce and a refund that nobody told of are found, each for the flow that explains them', async () => {
  let payoutId = '';
  await business.whileWebhooksAre('lost', () => {
    const { mandate } = aPayer();
    const { id: payment } = scenarios().addForeignPayment({ mandate: mandate.id, amount: 20_000 });
    scenarios().payOutPayment({ payment });
    scenarios().refundPayment({ payment, amount: 500 });
    payoutId = business.sandbox.gocardless.books().payouts[0]?.id ?? '';
    scenarios().bouncePayout({ payout: payoutId });
  });
  await business.poll('gocardless');
  const found = (await inbox()).filter(({ flow }) => flow === 'payout-to-cashflow');
  expect(found.map(({ type }) => type).sort()).toEqual([
    'creditors.bounced_payout',
    'payouts.paid',
    'refunds.created',
  ]);
  expect(found.find(({ type }) => type === 'payouts.paid')).toMatchObject({ resourceId: payoutId });
});

test('what FreshBooks changed and told nobody is found; what it told is not counted', async () => {
  let told = 0;
  await business.whileWebhooksAre('delivered', () => {
    told = desk().createClient({ email: 'told@client.test' }).id;
    desk().createInvoice({ clientId: told, amount: '10.00' });
  });
  await nextSecond();
  let invoiceId = 0;
  await business.whileWebhooksAre('lost', () => {
    const client = desk().createClient({ email: 'lost@client.test' });
    invoiceId = desk().createInvoice({ clientId: client.id, amount: '20.00' }).id;
    desk().editClient(told, { email: 'changed@client.test' });
    const deleted = desk().createInvoice({ clientId: client.id, amount: '30.00' });
    desk().deleteInvoice(deleted.id);
  });
  const before = (await inbox()).length;
  const { freshbooks } = await business.poll('freshbooks');
  expect(freshbooks).toMatchObject({ seen: 5, missing: 4, recovered: 0, failure: null });
  const lost = (await inbox()).filter(({ externalEventId }) => externalEventId.startsWith('poll:'));
  expect(lost.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['client.update', 'invoice.update', 'invoice.delete']),
  );
  const ofInvoice = lost.find(
    ({ type, resourceId }) => type === 'invoice.update' && resourceId === String(invoiceId),
  );
  expect(ofInvoice).toMatchObject({ flow: 'invoice-to-mandate', state: 'stored' });
  expect(ofInvoice?.externalEventId).toMatch(/^poll:invoice:\d+:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(:early)?$/);
  expect(new URLSearchParams(ofInvoice?.payload).get('object_id')).toBe(String(invoiceId));
  expect((await inbox()).length).toBeGreaterThan(before);
  expect((await business.poll('freshbooks'))['freshbooks']).toMatchObject({
    seen: 5,
    missing: 0,
    recovered: 0,
  });
});

test('a second change of the same object is found although the first was told', async () => {
  let invoiceId = 0;
  await business.whileWebhooksAre('delivered', () => {
    const client = desk().createClient({ email: 'twice@client.test' });
    invoiceId = desk().createInvoice({ clientId: client.id, amount: '10.00' }).id;
  });
  await nextSecond();
  await business.whileWebhooksAre('lost', () => desk().changeAmount(invoiceId, '25.00'));
  expect((await business.poll('freshbooks'))['freshbooks']).toMatchObject({ missing: 1, recovered: 0 });
});

test('a change in the very second of another that was told is looked at, though nothing was lost for certain', async () => {
  await nextSecond();
  let invoiceId = 0;
  await business.whileWebhooksAre('delivered', () => {
    const client = desk().createClient({ email: 'quick@client.test' });
    invoiceId = desk().createInvoice({ clientId: client.id, amount: '10.00', sent: false }).id;
  });
  await business.whileWebhooksAre('lost', () => desk().sendInvoice(invoiceId));
  await business.poll('freshbooks');
  const events = (await inbox()).filter(({ resourceId }) => resourceId === String(invoiceId));
  expect(events.at(-1)?.externalEventId).toMatch(/^poll:invoice:/);
});

test('on a simulated clock a lost change is found, whatever the real time is', async () => {
  await business.stop();
  business = await openPolledBusiness(new SandboxClock({ start: new Date('2026-03-07T22:00:00Z') }));
  let invoiceId = 0;
  await business.whileWebhooksAre('delivered', () => {
    const client = desk().createClient({ email: 'past@client.test' });
    invoiceId = desk().createInvoice({ clientId: client.id, amount: '10.00' }).id;
  });
  expect((await business.poll('freshbooks'))['freshbooks']).toMatchObject({ seen: 2, missing: 0 });
  // Over the night in which New York's summer time begins.
  await business.sandbox.clock.advanceDays(1);
  await business.whileWebhooksAre('lost', () => desk().changeAmount(invoiceId, '25.00'));
  expect((await business.poll('freshbooks'))['freshbooks']).toMatchObject({ missing: 1, recovered: 0 });
  await business.sandbox.clock.advanceDays(40);
  await business.whileWebhooksAre('lost', () => desk().changeAmount(invoiceId, '35.00'));
  await business.whileWebhooksAre('lost', aPayer);
  const reports = await business.poll();
  expect(reports['freshbooks']).toMatchObject({ missing: 1, recovered: 0 });
  expect(reports['gocardless']?.missing).toBeGreaterThan(0);
});

test('providers whose clock is days ahead hide nothing, and what they told is not counted', async () => {
  await business.stop();
  const clock = new SandboxClock({ start: new Date(Date.now() + 5 * 86_400_000) });
  business = await openPolledBusiness(clock, 'providers');
  let invoiceId = 0;
  await business.whileWebhooksAre('delivered', () => {
    const client = desk().createClient({ email: 'ahead@client.test' });
    invoiceId = desk().createInvoice({ clientId: client.id, amount: '10.00' }).id;
    aPayer();
  });
  const told = await business.poll();
  expect(told['freshbooks']).toMatchObject({ seen: 2, missing: 0 });
  expect(told['gocardless']).toMatchObject({ missing: 0 });
  await nextSecond();
  await business.whileWebhooksAre('lost', () => [desk().changeAmount(invoiceId, '25.00'), aPayer()]);
  const lost = await business.poll();
  expect(lost['freshbooks']).toMatchObject({ missing: 1, recovered: 0 });
  expect(lost['gocardless']?.missing).toBeGreaterThan(0);
  expect((await business.poll())['freshbooks']).toMatchObject({ missing: 0 });
});
