import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { BookPayment, Collection, Mandate } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { reverseByHand } from '../by-person/reverse-by-hand.ts';
import type { Displaced } from '../debits/entries-on.ts';
import type { KnownCollection } from '../debits/in-flight.ts';
import { decideExisting, type ExistingDecision, mayCollectAgain } from './decide.ts';

const DECISIONS = readFileSync(
  fileURLToPath(new URL('../../../../docs/decisions.md', import.meta.url)),
  'utf8',
);
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

/** Tables under a heading without their own headings, row by row, cell by cell. */
function tablesUnder(title: string): string[][][] {
  const [, rest = ''] = DECISIONS.split(`\n## ${title}\n`);
  const section = rest.split('\n## ')[0] ?? '';
  const tables = [...section.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => table.trim().split('\n').slice(2));
  return tables.map((rows) =>
    rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  );
}

/** Invoice of 61.00; its debit waits, or is what the facts say. */
function debit(facts: Partial<Collection> = {}, booked: KnownCollection['booked'] = 'none'): KnownCollection {
  const collection = {
    ...{ state: 'pending_submission', origin: 'ours', clientId: '7', creditorId: null, amount: gbp(6_100n) },
    ...{ attempt: 1, mandateId: 'MD1', chargeDate: null, wantedDate: null, willAttemptRetry: false },
    ...{ calledAt: new Date(0), endedBy: null, ...facts },
  } as Collection;
  return { collection, booked };
}

const SO_FAR: readonly (readonly [string, readonly KnownCollection[]])[] = [
  ['there is none', []],
  ['each ended for good: failed, cancelled, refused, charged back', [debit({ state: 'failed' })]],
  ['its money is in the books', [debit({ state: 'confirmed' }, 'booked')]],
  ['its money was in the books, and its entry is gone', [debit({ state: 'confirmed' }, 'gone')]],
  ['its money is another invoice’s', [debit({ state: 'confirmed' }, 'elsewhere')]],
  [
    'its entry is being made or taken back, and how that ends is not known',
    [debit({ state: 'confirmed' }, 'in-doubt')],
  ],
  ['…while another one waits', [debit({ state: 'confirmed' }, 'in-doubt'), debit({ attempt: 2 })]],
  ['one was planned, and its create call never sent', [debit({ state: 'planned', calledAt: null })]],
  ['its create call was sent, and what came of it is not known', [debit({ state: 'planned' })]],
  ['one is under way, and agrees with the invoice', [debit({ state: 'submitted' })]],
  ['one does not agree, and can be cancelled', [debit({ amount: gbp(7_000n) })]],
  ['one does not agree, and cannot be cancelled', [debit({ amount: gbp(7_000n), state: 'submitted' })]],
  ['two are under way', [debit({ state: 'submitted' }), debit({ attempt: 2 })]],
  [
    'one that failed is retried in GoCardless while the next attempt waits',
    [debit({ state: 'failed', willAttemptRetry: true }), debit({ attempt: 2 })],
  ],
];

const EXISTING = {
  free: 'the next attempt, when the two tables below allow it',
  resume: 'its create call is sent again under the same key, when the last table allows it',
  enough: 'nothing is made',
  replace: 'it is cancelled, then as `free`',
  'too-late': 'asked; nothing is made',
  several: 'asked (`double_payment_risk`); nothing is made',
} satisfies Record<ExistingDecision['kind'], string>;

const LAST: readonly (readonly [string, Partial<Collection> | null])[] = [
  ['there was none', null],
  ['was cancelled by us', { state: 'cancelled', endedBy: 'us' }],
  ['collected, and something is outstanding again', { state: 'paid_out' }],
  ['failed for good', { state: 'failed' }],
  [
    'was cancelled elsewhere, refused by the payer, or its mandate ended',
    { state: 'cancelled', endedBy: null },
  ],
  ['was charged back', { state: 'charged_back' }],
];

test('what the debits so far mean for another attempt is in docs/decisions.md', () => {
  const charge = null;
  const wanted = { outstanding: gbp(6_100n), clientId: '7', creditorId: null, charge };
  const rows = SO_FAR.map(([situation, known]) => [situation, decideExisting(known, wanted).kind]);
  expect([...new Set(rows.map(([, kind]) => kind))].sort()).toEqual(Object.keys(EXISTING).sort());
  const decisions = Object.entries(EXISTING).map(([kind, words]) => [`\`${kind}\``, words]);
  const attempts = LAST.map(([last, facts]) => {
    const may = (mandateId: string, minor: bigint): string => {
      const collection = facts === null ? null : debit(facts).collection;
      return mayCollectAgain(collection, { id: mandateId } as Mandate, gbp(minor))
        ? 'debited'
        : 'not repeated';
    };
    return [last, may('MD1', 6_100n), may('MD1', 7_000n), may('MD2', 6_100n)];
  });
  expect(tablesUnder('Before a new attempt').slice(0, 3)).toEqual([rows, decisions, attempts]);
});

type Rail = 'debit' | 'paypal';

/** An invoice of 61.00 that was paid by the rail, and booked. */
async function paid(rail: Rail): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-1', amountMinor: 6_100n });
  world.books.addInvoice('2', '7', { number: 'INV-2', createdDate: '2026-10-01' });
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(LOOK);
  if (rail === 'debit') {
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
  } else {
    world.captures.addCapture('CAP1', 'payer@client.test', { amount: gbp(6_100n), references: ['INV-1'] });
    await world.see({ kind: 'capture-changed', captureId: 'CAP1' });
  }
  return world;
}

const LOOK = { kind: 'invoice-changed', invoiceId: '1' } as const;

async function change(world: FlowWorld, changes: Partial<BookPayment>): Promise<void> {
  const id = world.books.payments.at(-1)?.id ?? '';
  world.books.changePayment(id, changes);
  await world.see({ kind: 'book-payment-changed', bookPaymentId: id });
}

async function takeBack(world: FlowWorld): Promise<void> {
  const { key } = world.store.postingRows().find(({ state }) => state === 'posted') ?? { key: '' };
  await reverseByHand(world.context(), { key, note: 'wrong', by: 'cli' });
  await world.settle();
}

/** What a person did to the entry, in words and in deed. */
const DISPLACED = {
  removed: ['deleted it in FreshBooks', (world) => change(world, { deleted: true })],
  moved: ['moved it to another invoice', (world) => change(world, { invoiceId: '2' })],
  lessened: ['made its amount smaller', (world) => change(world, { amount: gbp(2_000n) })],
  aside: ['took it back here (`mlc postings reverse`); its money waits for its place', takeBack],
} satisfies Record<Displaced['kind'], readonly [string, (world: FlowWorld) => Promise<void>]>;

const HARMLESS: readonly (readonly [string, (world: FlowWorld) => Promise<void>])[] = [
  ['put it back', (world) => change(world, { deleted: true }).then(() => change(world, { deleted: false }))],
  [
    'entered a cheque on the invoice and took it out again',
    async (world) => {
      const { id } = world.books.payByHand('1', gbp(1_000n), 'cheque');
      world.books.changePayment(id, { deleted: true });
      await world.see({ kind: 'book-payment-changed', bookPaymentId: id });
    },
  ],
];

test('what a person did to the entries of the invoice is there, too, for both rails', async () => {
  const rows: string[][] = [];
  for (const [what, act] of [...Object.values(DISPLACED), ...HARMLESS]) {
    const row = [what];
    for (const rail of ['debit', 'paypal'] as const) {
      const world = await paid(rail);
      const made = world.debits.all().length;
      await act(world);
      await world.see(LOOK);
      expect([what, rail, world.debits.all().length]).toEqual([what, rail, made]);
      const open = world.store.reviewRows().filter(({ state }) => state === 'open');
      row.push(open.map(({ kind }) => `\`${kind}\``).join(', '));
    }
    rows.push([...row, 'none']);
  }
  expect(tablesUnder('Before a new attempt').slice(3)).toEqual([rows]);
});
