import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventReaders, paypalCaptures, paypalEventSources, paypalTokens } from '@mlc/connectors';
import {
  type Captures,
  type Difference,
  differencesOf,
  type Holding,
  holdingsOf,
  movementOf,
} from '@mlc/core';
import { FLOWS } from '@mlc/flows';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SANDBOX_MERCHANT, SandboxClock, startSandbox } from '@mlc/sandbox';
import { FlowWorld } from '@mlc/testkit';
import { fetchProofs } from './fetch-proofs.ts';

const CLEARING = 'assets:clearing:paypal';
const FROM = new Date('2026-11-29T09:00:00Z');
const GBP = { provider: 'paypal', currency: 'GBP' };
const untold = { webhook: 'none' } as const;

let sandbox: Sandbox;
let http: ClosableHttpClient;
let captures: Captures;
let echeck: string;

beforeEach(async () => {
  const clock = new SandboxClock({ start: FROM });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  http = createHttpClient({ version: 'test', readRetries: 0 });
  const app = {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    apiUrl: sandbox.urls.paypal,
    clientId: SANDBOX_MERCHANT.clientId,
    clientSecret: () => Promise.resolve(SANDBOX_MERCHANT.clientSecret),
    connectionId: 'conn-1',
    clock,
  };
  captures = paypalCaptures({ ...app, tokens: paypalTokens(app), merchantId: SANDBOX_MERCHANT.merchantId });
  const { scenarios } = sandbox.paypal;
  scenarios.payerPays({ amount: '18.51', fee: '0.50', payerEmail: 'payer@client.test', ...untold });
  await clock.advanceDays(1);
  echeck = scenarios.pendingPayment({
    amount: '17.52',
    payerEmail: 'payer@client.test',
    ...untold,
  }).captureId;
  await clock.advanceDays(4);
  scenarios.completePayment({ captureId: echeck, fee: '0.50', ...untold });
  await clock.advanceDays(1);
});

afterEach(async () => {
  http.close();
  await sandbox.close();
});

/** What the flows book of PayPal's own list, told late. */
async function bookedWorld(): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, { collectFrom: '2026-11-01' });
  Object.assign(world, { captures });
  const source = paypalEventSources({ captures, clock: sandbox.clock }).find(
    ({ name }) => name === 'transactions',
  );
  for await (const event of source?.read({ from: FROM, until: null }) ?? []) {
    const meaning = eventReaders.get('paypal')?.translate(event);
    if (meaning !== undefined) world.deliver(meaning);
  }
  await world.settle();
  return world;
}

async function proofAt(world: FlowWorld, lastDay: string) {
  const { clock } = sandbox;
  const { debits, payouts, store } = world;
  const pause = () => Promise.resolve();
  const proving = { ...world.context(), debits, payouts, captures, clock, store, pause };
  const proofs = await fetchProofs(proving, { goLive: '2026-11-01', lastDay });
  const proof = proofs.find(({ provider, currency }) => provider === 'paypal' && currency === 'GBP');
  const ours = new Map<string, bigint>();
  for (const entry of store.ledgerRows()) {
    const moved = movementOf(entry, CLEARING);
    if (entry.date <= lastDay && moved !== 0n)
      ours.set(entry.source.id, (ours.get(entry.source.id) ?? 0n) + moved);
  }
  async function* ledger(): AsyncGenerator<Holding> {
    for (const id of [...ours.keys()].sort())
      yield await Promise.resolve({ id, amountMinor: ours.get(id) ?? 0n });
  }
  const differences: Difference[] = [];
  for await (const difference of differencesOf(GBP, ledger(), holdingsOf(GBP, proofs)))
    differences.push(difference);
  const closingMinor = [...ours.values()].reduce((sum, moved) => sum + moved, 0n);
  return { closingMinor, inFlightMinor: proof?.inFlightMinor, balanceWhy: proof?.balanceWhy, differences };
}

test('an eCheck made on the 30th that cleared on the 4th is in transit at the end of the month', async () => {
  const world = await bookedWorld();
  const why =
    'the ledger holds GBP 17.02 of it, in transit at paypal: it lists GBP 17.02 as made on 2026-11-30 and changed on ' +
    '2026-12-04, and its balance at the end of 2026-11-30 did not have it yet';
  expect(await proofAt(world, '2026-11-30')).toEqual({
    closingMinor: 3_503n,
    inFlightMinor: 1_801n,
    balanceWhy: undefined,
    differences: [{ id: echeck, amountMinor: 1_702n, why }],
  });
  await sandbox.clock.advanceDays(30);
  expect(await proofAt(world, '2026-12-31')).toEqual({
    closingMinor: 3_503n,
    inFlightMinor: 3_503n,
    balanceWhy: undefined,
    differences: [],
  });
});

test('an app that may not see balances says that the list stands for it', async () => {
  sandbox.paypal.settings.reportingForbidden = ['balances'];
  expect(await proofAt(await bookedWorld(), '2026-11-30')).toMatchObject({
    inFlightMinor: 3_503n,
    balanceWhy: expect.stringContaining('does not let this app see balances'),
    differences: [],
  });
});
