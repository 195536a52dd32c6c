import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { addDays, dateIn, type Holding, type Policy } from '@mlc/core';
import { storeFor } from '@mlc/platform';
import { SandboxClock } from '@mlc/sandbox';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import { fetchProofs } from './fetch-proofs.ts';

jest.setTimeout(60_000);

const ZONE = 'Europe/London';
let clock: SandboxClock;
let business: PolledBusiness;

beforeAll(async () => {
  clock = new SandboxClock({ start: new Date('2026-10-19T09:00:00Z') });
  business = await openPolledBusiness(clock);
});

afterAll(() => business.stop());

const today = () => dateIn(ZONE, clock.now());

async function goLiveOn(collectFrom: string): Promise<void> {
  const { prisma } = business.runtime.database;
  const { id, policy } = await prisma.business.findFirstOrThrow();
  const changed = { ...(policy as unknown as Policy), collectFrom };
  await prisma.business.update({
    where: { id },
    data: { policy: JSON.parse(JSON.stringify(changed)) as object },
  });
}

async function heldOn(lastDay: string, goLive: string): Promise<Map<string, bigint>> {
  const { database } = business.runtime;
  const proofs = await fetchProofs(
    {
      ...(await business.polling.connections.of(business.businessId)),
      clock,
      store: storeFor(database, business.businessId, { clock }),
      pause: () => Promise.resolve(),
    },
    { goLive, lastDay },
  );
  const holdings = proofs.flatMap(({ holdings: own }): readonly Holding[] => own);
  expect(proofs.find(({ provider }) => provider === 'paypal')).toMatchObject({
    why: 'PayPal is not connected',
  });
  return new Map(holdings.map(({ id, amountMinor }) => [id, amountMinor]));
}

/** A debit charged on a day is confirmed, and so known to have counted on it, within this many days. */
const LAG = 5;
const AMOUNTS = [10_001n, 20_020n, 40_300n, 84_000n, 160_500n];

test('GoCardless’ own state of a day is the same whenever it is asked for', async () => {
  const { scenarios } = business.sandbox.gocardless;
  const payers = AMOUNTS.map((minor, index) => {
    const { mandate } = scenarios.addPayer({ email: `p${index}@client.test` });
    return { mandate: mandate.id, amount: Number(minor) };
  });
  const chargeAll = (chargeDate: string): string[] =>
    payers.map((payer) => scenarios.addForeignPayment({ ...payer, chargeDate }).id);
  const sumsOf = (ids: readonly string[]) => new Map(ids.map((id, index) => [id, AMOUNTS[index]]));
  await clock.advanceDays(7);
  const before = chargeAll('2026-11-02');
  await clock.advanceDays(8);
  // Charged the day before, and not paid out yet: the books begin with them.
  const goLive = '2026-11-03';
  expect(today()).toBe(goLive);
  await goLiveOn(goLive);
  const after = chargeAll('2026-11-10');
  expect((await business.poll('gocardless'))['gocardless']?.failure).toBeNull();
  const opened = await business.runtime.database.prisma.ledgerEntry.findMany({ where: { kind: 'opening' } });
  expect(new Map(opened.map(({ sourceId, amountMinor }) => [sourceId, amountMinor]))).toEqual(sumsOf(before));

  const [failing = '', chargedBack = '', old = ''] = [after[0], after[1], before[2]];
  const said = new Map<string, Map<string, bigint>>();
  const happens: Readonly<Record<string, () => unknown>> = {
    '2026-11-13': () => scenarios.failPayment({ payment: failing }),
    // Large enough for a payout that takes back what is lost: a negative one is carried over.
    '2026-11-14': () => chargeAll('2026-11-19'),
    '2026-11-15': () => scenarios.chargeBackPayment({ payment: chargedBack }),
    '2026-11-16': () => scenarios.chargeBackPayment({ payment: old }),
    '2026-11-24': () => scenarios.retryPayment({ payment: failing }),
    '2026-11-25': () => scenarios.cancelChargeback({ payment: chargedBack }),
  };
  while (today() < '2026-12-09') {
    happens[today()]?.();
    const then = addDays(today(), -LAG);
    if (then >= goLive) said.set(then, await heldOn(then, goLive));
    await clock.advanceDays(1);
  }

  expect(said.get('2026-11-03')).toEqual(sumsOf(before));
  expect(said.get('2026-11-05')).toEqual(new Map());
  expect(said.get('2026-11-10')).toEqual(sumsOf(after));
  expect(said.get('2026-11-12')).toEqual(new Map());
  // Lost after they were paid out, and not yet taken back by a payout.
  expect(said.get('2026-11-14')).toEqual(new Map([[failing, -10_001n]]));
  expect(said.get('2026-12-03')).toEqual(new Map());
  // GoCardless forgets the first charge date of what it tried again: that try then counts from its confirmation on.
  said.get('2026-11-10')?.delete(failing);
  for (const [day, held] of said) expect([day, await heldOn(day, goLive)]).toEqual([day, held]);
});
