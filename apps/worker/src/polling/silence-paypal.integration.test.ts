import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
  business.sandbox.paypal.settings.searchDelayMinutes = 0;
  // Connected yesterday: what happened since is no history.
  await business.runtime.database.prisma.connection.updateMany({
    data: { createdAt: new Date(Date.now() - 24 * 60 * 60 * 1000) },
  });
});
afterEach(() => business.stop());

const scenarios = () => business.sandbox.paypal.scenarios;
const silent = () => business.runtime.database.prisma.review.findMany({ where: { kind: 'webhooks_silent' } });

/** Payments of PayPal.Me, and what was given back of one: no event of this app ever tells of them. */
function otherAppsAreAt(): void {
  for (const amount of ['81.01', '82.02', '83.03'])
    scenarios().listRow({ amount, payerEmail: 'payer@client.test', hoursAgo: 5 });
  scenarios().listRow({ amount: '-81.01', code: 'T1107', hoursAgo: 4 });
}

test('payments of other apps never had a webhook to lose, however many there are', async () => {
  for (let runs = 1; runs <= 2; runs += 1) {
    otherAppsAreAt();
    expect((await business.poll('paypal'))['paypal']).toMatchObject({ missing: 4, failure: null });
    expect(await silent()).toEqual([]);
  }
});

test('payments and refunds of this app whose webhooks were lost count beside them', async () => {
  const untold = { webhook: 'none' } as const;
  const { captureId } = scenarios().payerPays({
    amount: '50.00',
    payerEmail: 'payer@client.test',
    ...untold,
  });
  scenarios().payerPays({ amount: '51.00', payerEmail: 'payer@client.test', ...untold });
  otherAppsAreAt();
  await business.poll('paypal');
  expect(await silent()).toEqual([]);
  scenarios().refund({ captureId, amount: '10.00', ...untold });
  await business.poll('paypal');
  expect(await silent()).toMatchObject([{ state: 'open', subjectId: business.connectionIds.paypal }]);
});
