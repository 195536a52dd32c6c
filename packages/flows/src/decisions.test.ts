import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { assignOneToOne, type BookPayment, type Invoice, matchInvoice, type PaymentFacts } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { captureMoney, debitMoney } from './ledger/money-in.ts';
import { FLOWS } from './registry.ts';
import { type InTheBooks, lookInTheBooks } from './booking/in-the-books.ts';
import { newPostingKey } from './booking/posting-keys.ts';

const DECISIONS = readFileSync(fileURLToPath(new URL('../../../docs/decisions.md', import.meta.url)), 'utf8');
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

const RAILS = ['gocardless', 'paypal'] as const;
type Rail = (typeof RAILS)[number];

const ID: Readonly<Record<Rail, string>> = { gocardless: 'PM00X', paypal: 'CAP1' };

/** Client 7 (payer@client.test) with JAN and FEB, client 8 with another one; 100.00 that names FEB came by the rail. */
class Money {
  readonly world = new FlowWorld(FLOWS, { collectFrom: '2026-11-01' });
  readonly id: string;
  readonly rail: Rail;

  constructor(rail: Rail) {
    this.rail = rail;
    this.id = ID[rail];
    const { books, debits } = this.world;
    books.addClient('7', 'payer@client.test');
    books.addClient('8', 'other@client.test');
    for (const [id, clientId, number] of [
      ['1', '7', 'JAN'],
      ['2', '7', 'FEB'],
      ['9', '8', 'MAR'],
    ] as const)
      books.addInvoice(id, clientId, { number, createdDate: '2026-10-01', amountMinor: 50_000n });
    debits.addCustomer('CU1', 'payer@client.test');
    debits.addMandate('MD1', 'CU1');
    this.come(this.id);
  }

  come(id: string): void {
    const { debits, captures } = this.world;
    const paid = { status: 'paid_out', chargeDate: '2026-11-04', reference: 'FEB' } as const;
    if (this.rail === 'gocardless') debits.addDebit(id, 'MD1', paid);
    else captures.addCapture(id, 'payer@client.test', { references: ['FEB'] });
  }

  /** A person, or the facts say who, enters 100.00. */
  enter(invoiceId: string, facts: Partial<BookPayment> = {}): this {
    const { books } = this.world;
    const { id } = books.payByHand(invoiceId, gbp(10_000n), '', '2026-11-04');
    books.changePayment(id, facts);
    return this;
  }

  /** So many entries of others that not all of them are read. */
  crowd(facts: Partial<BookPayment>): this {
    for (let at = 0; at < 4; at += 1) this.enter('9', facts);
    this.world.books.readMax = 3;
    return this;
  }

  see(id: string): Promise<unknown> {
    return this.world.see(
      this.rail === 'gocardless'
        ? { kind: 'debit-changed', debitId: id, action: 'paid_out' }
        : { kind: 'capture-changed', captureId: id },
    );
  }

  async look(): Promise<InTheBooks['kind']> {
    const context = this.world.context();
    const debit = await context.debits.getDebit(this.id);
    const capture = await context.captures.getCapture(this.id);
    const money = debit === null ? capture && captureMoney(context, capture) : debitMoney(debit);
    const named = await context.books.getInvoice('2');
    if (money === null || named === null) throw new Error('what was just added is not there');
    const around = { invoices: [named], clientIds: ['7'] };
    return (await lookInTheBooks(context, { money, cycle: 1 }, around)).kind;
  }

  ourKey(): string {
    const source = { provider: this.rail, id: this.id };
    return newPostingKey(this.world.context(), { kind: 'payment', source, cycle: 1 });
  }
}

/** What stands in the books; `Money` is of the rail that is asked about. */
const SITUATIONS: readonly (readonly [string, (of: Money) => Promise<unknown> | Money])[] = [
  ['no entry has its id', (of) => of],
  [
    'an entry on the invoice it names has its id, whatever its date',
    (of) => of.enter('2', { note: of.id, date: '2025-01-01' }),
  ],
  [
    'an entry on another invoice of the client has its id in the note',
    (of) => of.enter('1', { note: of.id }),
  ],
  ['…or as order or transaction id', (of) => of.enter('1', { transactionId: of.id })],
  [
    'an entry of another client has its id, in whatever case',
    (of) => of.enter('9', { note: `see ${of.id.toLowerCase()}.` }),
  ],
  [
    'such an entry, dated more than a day before the money can have moved',
    (of) => of.enter('9', { note: of.id, date: '2026-10-01' }),
  ],
  ['an entry has a longer id that begins with it', (of) => of.enter('1', { note: `${of.id}0` })],
  ['the entry with its id was deleted', (of) => of.enter('1', { note: of.id, deleted: true })],
  ['an entry has the key of ours in its note', (of) => of.enter('2', { note: `mlc:${of.ourKey()}` })],
  [
    'FreshBooks’ own gateway entered its amount for the invoice or client, without the id',
    (of) => of.enter('2', { gateway: of.rail }),
  ],
  ['…another amount', (of) => of.enter('2', { gateway: of.rail, amount: gbp(9_999n) })],
  ['…for another client', (of) => of.enter('9', { gateway: of.rail })],
  [
    '…and that entry was found to be another payment already',
    (of) => {
      of.enter('2', { gateway: of.rail });
      of.come(`${of.rail}-before`);
      return of.see(`${of.rail}-before`);
    },
  ],
  ['a person entered its amount without the id', (of) => of.enter('2')],
  [
    'the list was cut off, and what was read of it has the id',
    (of) => of.enter('1', { note: of.id }).crowd({ note: `not ${of.id}0` }),
  ],
  [
    'the list was cut off; entries with the id’s letters in the note, or of its amount, were cut off as well',
    (of) => of.crowd({ note: `not ${of.id}0` }),
  ],
  [
    'the list was cut off; neither those entries nor the client’s were, and none is it',
    (of) => of.crowd({ note: 'another', amount: gbp(1n) }),
  ],
];

/** How each answer goes on: entries made, questions asked, in words. */
const ANSWERS = {
  absent: ['1', '', 'it is matched with an invoice (next section), and booked there'],
  ours: ['0', '', 'the entry is on record again, and the money is where it was'],
  theirs: [
    '0',
    '',
    'the ledger says where it stands; a debit is followed there, and the invoice it was taken for is free again',
  ],
  'cannot-tell': ['0', '`unmatched_payment`', 'a person looks; `match` books it, `done` leaves it'],
} satisfies Record<InTheBooks['kind'], readonly [string, string, string]>;

test('whether money stands in the books already is in docs/decisions.md, for both rails', async () => {
  const rows: string[][] = [];
  const seen: Record<string, string[]> = {};
  for (const [situation, prepare] of SITUATIONS) {
    const row: string[] = [];
    for (const rail of RAILS) {
      const money = new Money(rail);
      await prepare(money);
      const kind = await money.look();
      row.push(kind);
      const { books, store } = money.world;
      const before = books.payments.length;
      await money.see(money.id);
      const asked = store.reviewRows().flatMap((review) => (review.state === 'open' ? [review.kind] : []));
      const effect = [String(books.payments.length - before), asked.map((each) => `\`${each}\``).join(', ')];
      seen[kind] = effect;
      expect([situation, rail, ...effect]).toEqual([situation, rail, ...ANSWERS[kind].slice(0, 2)]);
    }
    rows.push([situation, ...row]);
  }
  const answers = Object.entries(ANSWERS).map(([kind, cells]) => [`\`${kind}\``, ...cells]);
  expect(Object.keys(seen).sort()).toEqual(Object.keys(ANSWERS).sort());
  expect(tablesUnder('Does it stand in the books already')).toEqual([rows, answers]);
});

function invoice(id: string, facts: Partial<Invoice> = {}): Invoice {
  return {
    id,
    number: `INV-${id}`,
    clientId: '7',
    amount: gbp(10_000n),
    outstanding: gbp(10_000n),
    createdDate: '2026-11-01',
    dueDate: '2026-11-20',
    standing: 'open',
    visibility: 'active',
    autoBill: false,
    gatewayOrderPending: false,
    ...facts,
  };
}

/** 100.00 of somebody with an e-mail. */
function named(byReference: readonly Invoice[], byEmail: readonly Invoice[] = []): PaymentFacts {
  const references = [byReference.map(({ number }) => number).join(' and ')];
  return { amount: gbp(10_000n), references, payerEmail: 'payer@client.test', byReference, byEmail };
}

const [first, second] = [invoice('1'), invoice('2')];
const euros = { minor: 10_000n, currency: 'EUR' };
const deleted = invoice('3', { visibility: 'deleted' });

const NAMED: readonly (readonly [string, string, PaymentFacts])[] = [
  ['one invoice', 'what is outstanding', named([first])],
  ['one invoice', 'less', named([invoice('1', { outstanding: gbp(12_000n) })])],
  ['one invoice', 'more, or it is paid already', named([invoice('1', { outstanding: gbp(0n) })])],
  ['one invoice', 'another currency', named([invoice('1', { outstanding: euros })])],
  [
    'one invoice, and the payer has another one of this amount',
    'what is outstanding',
    named([first], [second]),
  ],
  ['several invoices', 'any amount', named([first, second])],
  [
    'several, one of them in its currency',
    'what is outstanding',
    named([first, invoice('2', { outstanding: euros })]),
  ],
  ['one that is there and one that was deleted', 'what is outstanding', named([first, deleted])],
  ['only one that was deleted', 'any amount', named([deleted], [first])],
  ['none; the payer’s e-mail has open invoices', 'what is outstanding on one of them', named([], [first])],
  [
    'none; the payer’s e-mail has open invoices',
    'what is outstanding on several',
    named([], [first, second]),
  ],
  [
    'none; the payer’s e-mail has open invoices',
    'another amount',
    named([], [invoice('1', { outstanding: gbp(9_999n) })]),
  ],
  ['none, and no client has the payer’s e-mail', 'any amount', named([])],
  ['none, and the payer’s e-mail is not known', 'any amount', { ...named([]), payerEmail: null }],
];

const MATCHES = {
  exact: 'booked there',
  partial: 'booked there; the rest stays outstanding and is collected',
  overpayment: 'asked, nothing is booked',
  currency_mismatch: 'asked, nothing is booked',
  ambiguous_match: 'asked with the candidates; of PayPal payments that fit by e-mail, see below',
  unmatched_payment: 'asked with the candidates; looked at again when an invoice comes that it fits',
  invoice_missing:
    'asked with the candidates; booked when the invoice is restored and the question answered `retry`',
} satisfies Record<ReturnType<typeof matchInvoice>['kind'], string>;

test('which invoice a payment is for is in docs/decisions.md', () => {
  const rows = NAMED.map(([names, paid, facts]) => [names, paid, matchInvoice(facts).kind]);
  const kinds = new Set(rows.map(([, , kind]) => kind));
  expect([...kinds].sort()).toEqual(Object.keys(MATCHES).sort());
  const matches = Object.entries(MATCHES).map(([kind, words]) => [`\`${kind}\``, words]);
  const numbers = [1, 2, 3];
  const assigned = numbers.map((payments) => [
    String(payments),
    ...numbers.map((invoices) => {
      const listed = (letter: string, many: number) =>
        Array.from({ length: many }, (_, at) => ({ id: `${letter}${at}`, at: `2026-11-0${at + 1}` }));
      const pairs = assignOneToOne(listed('P', payments), listed('I', invoices));
      if (pairs === null) return 'asked';
      expect([...pairs].every(([payment, { id }]) => payment.slice(1) === id.slice(1))).toBe(true);
      return 'oldest to oldest';
    }),
  ]);
  expect(tablesUnder('Which invoice a payment is for')).toEqual([rows, matches, assigned]);
});
