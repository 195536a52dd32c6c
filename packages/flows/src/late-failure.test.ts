import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent, Policy } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerProblems } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from './registry.ts';

/** What a loss leads to does not depend on whether the debit was booked in between: on what was seen when. */

const DECISIONS = readFileSync(fileURLToPath(new URL('../../../docs/decisions.md', import.meta.url)), 'utf8');
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

/** A debit of GBP 100.00 for invoice 1 waits. */
async function collecting(policy: Partial<Policy>): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(invoiceChanged);
  return world;
}

const ACTIONS: Partial<Record<DebitStatus, string>> = { pending_submission: 'resubmission_requested' };

/** GoCardless moves the debit and keeps the event; who tells of it, and when, is another matter. */
function becomes(world: FlowWorld, status: DebitStatus): DomainEvent {
  world.advance(3_600_000);
  world.debits.move('PM1', status);
  const action = ACTIONS[status] ?? status;
  world.debits.steps.push({ debitId: 'PM1', action, at: world.clock.now().toISOString() });
  return { kind: 'debit-changed', debitId: 'PM1', action };
}

function open(world: FlowWorld): string[] {
  const reviews = world.store.reviewRows().filter(({ state }) => state === 'open');
  return reviews.map(({ kind, subject, covers }) => `${kind} ${subject.id} ${covers ?? ''}`);
}

/** Where everything stands in the end. */
interface Ending {
  readonly asked: readonly string[];
  readonly booked: readonly bigint[];
  readonly debits: readonly (readonly [string, string])[];
  readonly clearing: number;
}

function ending(world: FlowWorld): Ending {
  expect(ledgerProblems(world.store)).toEqual([]);
  return {
    asked: open(world),
    booked: world.books.paymentsOf('1').map(({ amount }) => amount.minor),
    debits: world.debits.all().map(({ id, status }) => [id, status] as const),
    clearing: accountBalance(world.store, 'assets:clearing:gocardless'),
  };
}

/** Each step is told at once (true) or only when all is over; then in any order, and again. */
type Told = readonly (readonly [DebitStatus, boolean])[];

async function play(policy: Partial<Policy>, told: Told, order: readonly number[]): Promise<Ending> {
  const world = await collecting(policy);
  const all: DomainEvent[] = [];
  for (const [status, isTold] of told) {
    const event = becomes(world, status);
    all.push(event);
    if (isTold) await world.see(event);
  }
  const late = [...all, ...all, invoiceChanged].map((event, index) => ({ event, at: order[index] ?? 0 }));
  for (const { event } of late.sort((left, right) => left.at - right.at)) world.deliver(event);
  await world.settle();
  return ending(world);
}

const LIVES: readonly DebitStatus[][] = [
  ['submitted', 'failed'],
  ['cancelled'],
  ['submitted', 'confirmed', 'failed'],
  ['submitted', 'confirmed', 'paid_out', 'failed'],
  ['submitted', 'confirmed', 'paid_out', 'charged_back'],
  ['submitted', 'confirmed', 'paid_out', 'charged_back', 'paid_out'],
  ['submitted', 'failed', 'pending_submission', 'submitted', 'confirmed', 'failed'],
  ['submitted', 'confirmed', 'failed', 'pending_submission', 'submitted', 'failed'],
  ['submitted', 'confirmed', 'failed', 'pending_submission', 'submitted', 'confirmed'],
];

test('under onLateFailure: reverse it ends the same, whatever was seen in between', async () => {
  const plan = fc.record({
    life: fc.constantFrom(...LIVES),
    seen: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    order: fc.array(fc.nat(), { minLength: 13, maxLength: 13 }),
    recordPaymentAt: fc.constantFrom('confirmed' as const, 'paid_out' as const),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ life, seen, order, recordPaymentAt }) => {
      const policy = { onLateFailure: 'reverse', recordPaymentAt } as const;
      const asItHappens = await play(policy, life.map((status) => [status, true]), []); // prettier-ignore
      const told = life.map((status, index) => [status, seen[index] ?? false] as const);
      expect(await play(policy, told, order)).toEqual(asItHappens);
    }),
    { numRuns: 60 },
  );
});

const POINTS = ['confirmed', 'paid_out'] as const;
/** Name, and what becomes of the debit; lost for good in the end. */
const LOSSES: readonly (readonly [string, readonly DebitStatus[]])[] = [
  ['fails, or its mandate does', ['submitted', 'failed']],
  ['is cancelled in GoCardless', ['cancelled']],
  ['is refused by the payer', ['customer_approval_denied']],
  ['is confirmed and fails', ['submitted', 'confirmed', 'failed']],
  ['is paid out and fails', ['submitted', 'confirmed', 'paid_out', 'failed']],
  ['is paid out and charged back', ['submitted', 'confirmed', 'paid_out', 'charged_back']],
  [
    'fails late, and again when it is retried',
    ['confirmed', 'paid_out', 'failed', 'pending_submission', 'failed'],
  ],
];

/** The kinds asked, as it happens or when all is over. */
async function askedAbout(
  policy: Partial<Policy>,
  life: readonly DebitStatus[],
  isTold: boolean,
): Promise<string> {
  const outcome = await play(policy, life.map((status) => [status, isTold]), []); // prettier-ignore
  const kinds = outcome.asked.map((question) => `\`${question.split(' ')[0] ?? ''}\``);
  return kinds.length === 0 ? 'nobody' : kinds.join(', ');
}

test('what a loss asks is in docs/decisions.md', async () => {
  const rows: string[][] = [];
  for (const [name, life] of LOSSES)
    for (const recordPaymentAt of POINTS) {
      const cells: string[] = [];
      for (const onLateFailure of ['reverse', 'review'] as const)
        for (const isTold of [true, false])
          cells.push(await askedAbout({ onLateFailure, recordPaymentAt }, life, isTold));
      rows.push([name, `\`${recordPaymentAt}\``, ...cells]);
    }
  const [, rest = ''] = DECISIONS.split('\n## When the money of a debit is lost\n');
  const [table = ''] = /(?:^\|.*\n)+/m.exec(rest) ?? [];
  const written = table.trim().split('\n').slice(2);
  expect(written.map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()))).toEqual(rows); // prettier-ignore
});
