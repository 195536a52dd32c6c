import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { Invoice } from '../ports/books.ts';
import type { DebitCustomer, Mandate } from '../ports/debits.ts';
import { chooseMandate } from './choose-mandate.ts';
import { matchCustomer } from './match-customer.ts';
import { namingClient } from './whose.ts';
import { matchInvoice, type PaymentFacts } from './match-invoice.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

function invoice(id: string, number: string, outstanding = 10_000n, currency = 'GBP'): Invoice {
  return {
    id,
    number,
    clientId: '7',
    amount: { minor: 10_000n, currency },
    outstanding: { minor: outstanding, currency },
    createdDate: '2026-11-01',
    dueDate: '2026-11-20',
    standing: outstanding > 0n ? 'open' : 'paid',
    visibility: 'active',
    autoBill: false,
    gatewayOrderPending: false,
  };
}

function facts(changes: Partial<PaymentFacts>): PaymentFacts {
  return {
    amount: gbp(10_000n),
    references: [],
    payerEmail: 'a@b.test',
    byReference: [],
    byEmail: [],
    ...changes,
  };
}

describe('matchInvoice', () => {
  test('rule 1: the reference is trimmed and case-folded, and keeps its leading zeros', () => {
    const byReference = [invoice('1', 'INV-007')];
    expect(matchInvoice(facts({ references: [' inv-007 '], byReference })).kind).toBe('exact');
    expect(matchInvoice(facts({ references: ['INV-7'], byReference })).kind).toBe('unmatched_payment');
    expect(matchInvoice(facts({ references: ['1'], byReference })).kind).toBe('exact');
  });

  test.each([
    [8_000n, 10_000n, 'partial'],
    [10_000n, 10_000n, 'exact'],
    [10_001n, 10_000n, 'overpayment'],
    [10_000n, 0n, 'overpayment'],
  ])('rule 1: %s paid of %s outstanding is %s', (paid, outstanding, kind) => {
    const byReference = [invoice('1', 'A1', outstanding)];
    expect(matchInvoice(facts({ amount: gbp(paid), references: ['A1'], byReference })).kind).toBe(kind);
  });

  test('rule 1: another currency is a question, and so are two invoices of one name', () => {
    const euro = [invoice('1', 'A1', 10_000n, 'EUR')];
    expect(matchInvoice(facts({ references: ['A1'], byReference: euro })).kind).toBe('currency_mismatch');
    const two = [invoice('1', 'A1'), invoice('2', 'a1')];
    expect(matchInvoice(facts({ references: ['A1'], byReference: two }))).toMatchObject({
      kind: 'ambiguous_match',
      candidates: [{ invoiceId: '1' }, { invoiceId: '2' }],
    });
  });

  test('rule 1: an invoice that was deleted is missing, unless another one has its number', () => {
    const deleted = { ...invoice('1', 'A1'), visibility: 'deleted' as const };
    const byEmail = [invoice('2', 'A2')];
    const named = { references: ['a1'], byEmail };
    expect(matchInvoice(facts({ ...named, byReference: [deleted] }))).toMatchObject({
      kind: 'invoice_missing',
      candidates: [{ invoiceId: '2' }],
    });
    expect(matchInvoice(facts({ ...named, byReference: [deleted, invoice('3', 'A1')] }))).toMatchObject({
      kind: 'exact',
      invoice: { id: '3' },
    });
  });

  test('rule 2: e-mail and amount, exactly one', () => {
    expect(matchInvoice(facts({ byEmail: [invoice('1', 'A1'), invoice('2', 'A2', 5_000n)] }))).toMatchObject({
      kind: 'exact',
      invoice: { id: '1' },
    });
  });

  test('rule 3: likely is not enough', () => {
    const byEmail = [invoice('2', 'A2'), invoice('1', 'A1')];
    expect(matchInvoice(facts({ byEmail }))).toMatchObject({
      kind: 'ambiguous_match',
      candidates: [
        { invoiceId: '1', score: 50, why: 'payer e-mail, same amount' },
        { invoiceId: '2', score: 50 },
      ],
    });
    expect(matchInvoice(facts({ byEmail: [invoice('1', 'A1', 9_999n)] }))).toMatchObject({
      kind: 'unmatched_payment',
      candidates: [{ invoiceId: '1', score: 30 }],
    });
  });

  test('the answer does not depend on the order or repetition of the candidates', () => {
    const invoices = fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 6 }), minor: fc.constantFrom(5_000n, 10_000n) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(invoices, invoices, fc.constantFrom('A1', 'A2', ''), (named, mailed, reference) => {
        const of = (rows: { id: number; minor: bigint }[]) =>
          [...new Map(rows.map((row) => [row.id, row])).values()].map((row) =>
            invoice(String(row.id), `A${row.id}`, 10_000n * BigInt(row.id % 3)),
          );
        const given = facts({ references: [reference], byReference: of(named), byEmail: of(mailed) });
        const shuffled = facts({
          references: [reference, reference],
          byReference: [...of(named)].reverse(),
          byEmail: [...of(mailed), ...of(mailed)].reverse(),
        });
        expect(matchInvoice(shuffled).kind).toBe(matchInvoice(given).kind);
      }),
    );
  });
});

describe('matchCustomer', () => {
  const customer = (id: string) =>
    ({ id, email: 'a@b.test', name: id, metadata: {} }) as unknown as DebitCustomer;
  const client = { id: '7', email: 'a@b.test', name: 'Seven' } as Parameters<
    typeof matchCustomer
  >[0]['client'];
  const nobody = { client, accountId: 'ACC1', byClientId: [], byEmail: [], othersByEmail: [] };
  const naming = (id: string, metadata: Record<string, string> = namingClient('7', 'ACC1')) => ({
    ...customer(id),
    metadata,
  });
  const half = naming('CU1', { freshbooks_client_id: '7' });
  const elsewhere = naming('CU1', namingClient('7', 'ACC2'));
  const another = naming('CU1', namingClient('8', 'ACC1'));
  const other = { ...client, id: '8', name: 'Eight' };

  test.each([
    ['metadata', { byClientId: [naming('CU1')] }, 'one', 'CU1'],
    ['metadata and e-mail agree', { byClientId: [naming('CU1')], byEmail: [naming('CU1')] }, 'one', 'CU1'],
    [
      'metadata chooses of one e-mail',
      { byClientId: [naming('CU1')], byEmail: [naming('CU1'), customer('CU2')] },
      'one',
      'CU1',
    ],
    [
      'the e-mail is another customer',
      { byClientId: [naming('CU1')], byEmail: [customer('CU2')] },
      'several',
      undefined,
    ],
    [
      'the e-mail is another client',
      { byClientId: [naming('CU1')], othersByEmail: [other] },
      'several',
      undefined,
    ],
    ['metadata without the account does not count', { byClientId: [half] }, 'none', undefined],
    ['nor does it beside an e-mail', { byClientId: [half], byEmail: [customer('CU2')] }, 'one', 'CU2'],
    ['metadata of other books does not count', { byClientId: [elsewhere] }, 'none', undefined],
    ['nor against the e-mail', { byClientId: [elsewhere], byEmail: [elsewhere] }, 'one', 'CU1'],
    ['the e-mail, but its metadata is another client', { byEmail: [another] }, 'several', undefined],
    ['then e-mail', { byEmail: [customer('CU2')] }, 'one', 'CU2'],
    ['two of one e-mail', { byEmail: [customer('CU2'), customer('CU3')] }, 'several', undefined],
    ['two in metadata', { byClientId: [naming('CU2'), naming('CU3')] }, 'several', undefined],
    ['nobody', {}, 'none', undefined],
  ])('%s', (_name, change, kind, customerId) => {
    const match = matchCustomer({ ...nobody, ...change });
    expect(match.kind).toBe(kind);
    expect('customerId' in match ? match.customerId : undefined).toBe(customerId);
  });

  test('a client without e-mail is told apart', () => {
    expect(matchCustomer({ ...nobody, client: { ...client, email: null } })).toMatchObject({
      why: expect.stringMatching(/no e-mail/),
    });
  });
});

describe('chooseMandate', () => {
  const mandate = (id: string, status: string, createdAt: string, currency = 'GBP') =>
    ({ id, status, createdAt, currency }) as Mandate;

  test('the newest active one, else the newest usable one, whatever the order', () => {
    const active = [mandate('MD1', 'active', '2026-01-01'), mandate('MD2', 'active', '2026-02-01')];
    const all = [mandate('MD3', 'pending_submission', '2026-03-01'), ...active];
    expect(chooseMandate(all, 'GBP')).toMatchObject({ kind: 'one', mandate: { id: 'MD2' } });
    expect(chooseMandate([...all].reverse(), 'GBP')).toMatchObject({ mandate: { id: 'MD2' } });
    expect(chooseMandate([mandate('MD3', 'submitted', '2026-03-01')], 'GBP')).toMatchObject({
      mandate: { id: 'MD3' },
    });
  });

  test.each([
    'pending_customer_approval',
    'failed',
    'cancelled',
    'expired',
    'blocked',
    'consumed',
    'brand_new',
  ])('%s is not usable', (status) => {
    expect(chooseMandate([mandate('MD1', status, '2026-01-01')], 'GBP').kind).toBe('none');
  });

  test('another currency is told apart from none at all', () => {
    expect(chooseMandate([mandate('MD1', 'active', '2026-01-01', 'EUR')], 'GBP')).toEqual({
      kind: 'other-currency',
      currencies: ['EUR'],
    });
    expect(chooseMandate([], 'GBP').kind).toBe('none');
  });
});
