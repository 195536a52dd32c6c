import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { until } from '@mlc/testkit/flow-engine';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
});
afterEach(() => business.stop());

const scenarios = () => business.sandbox.paypal.scenarios;
const found = () =>
  business.runtime.database.prisma.inboundEvent.findMany({
    where: { type: { startsWith: 'CUSTOMER.DISPUTE.' } },
    orderBy: { id: 'asc' },
  });

test('a dispute that no webhook told of is found, on any page, and again when it changes', async () => {
  const disputes = Array.from({ length: 60 }, () => {
    const { captureId } = scenarios().payerPays({
      amount: '10.00',
      payerEmail: 'a@client.test',
      webhook: 'none',
    });
    return scenarios().openDispute({ paymentId: captureId, webhook: 'none' }).disputeId;
  });
  expect((await business.poll('paypal'))['paypal']).toMatchObject({
    missing: 60,
    recovered: 0,
    failure: null,
  });
  const first = await found();
  expect(first.map(({ resourceId }) => resourceId).toSorted()).toEqual(disputes.toSorted());
  expect(first.every(({ flow }) => flow === 'paypal-capture-to-freshbooks')).toBe(true);
  expect((await business.poll('paypal'))['paypal']).toMatchObject({ missing: 0, recovered: 0 });
  const [changed = ''] = disputes;
  // Beyond the second of its last change.
  const end = (Math.floor(Date.now() / 1_000) + 1) * 1_000;
  await until('the next second', () => Date.now() >= end);
  scenarios().updateDispute({ disputeId: changed, stage: 'CHARGEBACK', webhook: 'none' });
  expect((await business.poll('paypal'))['paypal']).toMatchObject({ missing: 1, recovered: 0 });
  expect((await found()).at(-1)).toMatchObject({ resourceId: changed });
});
