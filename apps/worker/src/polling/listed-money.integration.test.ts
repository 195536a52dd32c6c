import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { FLOWS } from '@mlc/flows';
import { eventReaders } from '@mlc/connectors';
import { FlowWorld } from '@mlc/testkit';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
});
afterEach(() => business.stop());

const scenarios = () => business.sandbox.paypal.scenarios;
const prisma = () => business.runtime.database.prisma;
const rows = () => prisma().inboundEvent.findMany({ where: { provider: 'paypal' }, orderBy: { id: 'asc' } });

/** What the flows make of the inbox with the real reading of PayPal. */
async function worldOfInbox(): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS);
  const { captures } = await business.polling.connections.of(business.businessId);
  Object.assign(world, { captures });
  world.advance(Date.now() - world.clock.now().getTime());
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-4402', amountMinor: 8_101n });
  for (const event of await rows()) {
    const meaning = eventReaders.get('paypal')?.translate(event);
    if (meaning !== undefined && meaning.kind !== 'unreadable') world.deliver(meaning);
  }
  await world.settle();
  return world;
}

test('a payment without an object, five hours old: seen, missing, and booked from its row with its fee', async () => {
  scenarios().listRow({ amount: '81.01', fee: '2.65', payerEmail: 'payer@client.test', hoursAgo: 5 });
  const { paypal } = await business.poll('paypal');
  expect(paypal).toMatchObject({ seen: 1, missing: 1, failure: null });
  const world = await worldOfInbox();
  expect(world.books.paymentsOf('1')).toMatchObject([{ amount: { minor: 8_101n }, type: 'PayPal' }]);
  expect(world.store.ledgerRows().map(({ kind, amount }) => [kind, amount.minor])).toEqual([
    ['collection', 8_101n],
    ['fee', 265n],
  ]);
});

test('one row that cannot be read is set aside under its id; its neighbours and its siblings go on', async () => {
  const oddAmount = { value: '12.345678', currency_code: 'PYUSD' };
  const { transactionId } = scenarios().listRow({ amount: '12.35', code: 'T0021', oddAmount, hoursAgo: 5 });
  const hold = {
    code: 'T2101',
    hoursAgo: 5,
    ...scenarios().listRow({ amount: '-20.00', code: 'T2101', hoursAgo: 5 }),
  };
  for (const amount of ['15.00', '5.00']) scenarios().listRow({ ...hold, amount });
  for (let run = 0; run < 3; run += 1) {
    expect((await business.poll('paypal'))['paypal']).toMatchObject({ seen: 4, failure: null });
  }
  const events = await rows();
  expect(events.map(({ type }) => type).toSorted()).toEqual([
    'BALANCE.T2101',
    'BALANCE.T2101',
    'BALANCE.T2101',
    'LISTED.UNREADABLE',
  ]);
  const odd = events.find(({ type }) => type === 'LISTED.UNREADABLE');
  expect(odd).toMatchObject({ resourceId: transactionId, flow: 'paypal-capture-to-freshbooks' });
  expect(odd === undefined ? null : eventReaders.get('paypal')?.translate(odd)).toMatchObject({
    kind: 'unreadable',
    why: expect.stringMatching(/12\.345678 PYUSD/),
  });
});
