import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { decimalToCents, formatCents, readDecimal } from './amounts.ts';
import { Desk } from './desk.ts';
import { Refusal } from './failures.ts';
import { createBooks } from './open-books.ts';
import { SANDBOX_BUSINESS } from './sandbox.ts';
import { DEFAULT_SWITCHES } from './switches.ts';
import type { Switches } from './switches.ts';

function openDesk(switches: Partial<Switches> = {}): { desk: Desk; raised: string[]; clientId: number } {
  const raised: string[] = [];
  const books = createBooks(
    { ...SANDBOX_BUSINESS },
    {
      switches: { ...DEFAULT_SWITCHES, ...switches },
      now: () => Date.parse('2026-03-15T12:00:00Z'),
      raise: (_books, event) => raised.push(event),
    },
  );
  const desk = new Desk(books);
  return { desk, raised, clientId: desk.createClient({ email: 'ann@client.example' }).id };
}

function centsOf(text: string): bigint {
  const decimal = readDecimal(text);
  if (decimal === null) throw new Error(`${text} is no amount`);
  return decimalToCents(decimal);
}

/** What a person may do to one invoice's payments. */
type Act =
  | { readonly kind: 'pay' | 'edit'; readonly cents: number; readonly which: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'amount'; readonly cents: number };

const some = fc.integer({ min: 0, max: 20_000 });
const which = fc.nat({ max: 9 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('pay' as const, 'edit' as const), cents: some, which }),
  fc.record({ kind: fc.constant('delete' as const), which }),
  fc.record({ kind: fc.constant('amount' as const), cents: some }),
);

function perform(desk: Desk, invoiceId: number, act: Act): void {
  if (act.kind === 'amount') {
    desk.changeAmount(invoiceId, formatCents(BigInt(act.cents)));
    return;
  }
  const alive = desk.paymentsOf(invoiceId).filter(({ deleted }) => !deleted);
  const chosen = alive[act.which % Math.max(alive.length, 1)];
  if (act.kind === 'pay') desk.recordPayment({ invoiceId, amount: formatCents(BigInt(act.cents)) });
  else if (chosen === undefined) return;
  else if (act.kind === 'delete') desk.deletePayment(chosen.id);
  else desk.editPayment(chosen.id, { amount: { amount: formatCents(BigInt(act.cents)) } });
}

describe('books', () => {
  it('keep outstanding equal to amount less what the payments say, whatever is done', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 25 }), (steps) => {
        const { desk, clientId } = openDesk();
        const { id } = desk.createInvoice({ clientId, amount: '100.00' });
        for (const step of steps) perform(desk, id, step);
        const invoice = desk.invoice(id);
        const alive = desk.paymentsOf(id).filter(({ deleted }) => !deleted);
        const paid = alive.reduce((sum, { amount }) => sum + centsOf(amount), 0n);
        expect(centsOf(invoice.paid)).toBe(paid);
        expect(centsOf(invoice.outstanding)).toBe(centsOf(invoice.amount) - paid);
      }),
    );
  });

  it('never lose a cent of what is posted: it is on the invoice or in a credit', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), (amounts) => {
        const { desk, clientId } = openDesk();
        const { id } = desk.createInvoice({ clientId, amount: '100.00' });
        for (const cents of amounts)
          desk.recordPayment({ invoiceId: id, amount: formatCents(BigInt(cents)) });
        const credits = desk.credits().reduce((sum, { amount }) => sum + centsOf(amount), 0n);
        expect(centsOf(desk.invoice(id).paid) + credits).toBe(
          BigInt(amounts.reduce((sum, cents) => sum + cents, 0)),
        );
      }),
    );
  });

  it('give the outstanding amount back when a payment is deleted, and keep its overpayment credit', () => {
    const { desk, clientId } = openDesk();
    const { id } = desk.createInvoice({ clientId, amount: '180.00' });
    const payment = desk.recordPayment({ invoiceId: id, amount: '3300.00' });
    expect(payment.amount).toBe('180.00');
    desk.deletePayment(payment.id);
    expect(desk.invoice(id)).toMatchObject({ outstanding: '180.00', paymentStatus: 'unpaid' });
    expect(desk.credits()).toMatchObject([{ amount: '3120.00', type: 'overpayment', deleted: false }]);
  });

  it('can take the overpayment credit along', () => {
    const { desk, clientId } = openDesk({ overpaymentCreditOnDelete: 'delete' });
    const { id } = desk.createInvoice({ clientId, amount: '1.00' });
    desk.deletePayment(desk.recordPayment({ invoiceId: id, amount: '2.00' }).id);
    expect(desk.credits()).toMatchObject([{ deleted: true }]);
  });

  it('move a payment to another invoice', () => {
    const { desk, clientId } = openDesk();
    const [from, to] = ['10.00', '25.00'].map((amount) => desk.createInvoice({ clientId, amount }));
    const payment = desk.recordPayment({ invoiceId: from?.id ?? 0, amount: '10.00' });
    desk.editPayment(payment.id, { invoiceid: to?.id });
    expect(desk.invoices().map(({ outstanding }) => outstanding)).toEqual(['10.00', '15.00']);
  });

  it.each<[Partial<Switches>, string[]]>([
    [{}, ['payment.create', 'invoice.update', 'payment.delete', 'invoice.update']],
    [{ paymentRaisesInvoiceUpdate: false }, ['payment.create', 'payment.delete']],
    [{ paymentRaisesInvoiceUpdate: false, deletionRaises: 'update' }, ['payment.create', 'payment.update']],
    [
      { paymentRaisesInvoiceUpdate: false, deletionRaises: 'both' },
      ['payment.create', 'payment.delete', 'payment.update'],
    ],
  ])('raise events by the switches %j', (switches, events) => {
    const { desk, raised, clientId } = openDesk(switches);
    const { id } = desk.createInvoice({ clientId, amount: '5.00' });
    raised.length = 0;
    desk.deletePayment(desk.recordPayment({ invoiceId: id, amount: '5.00' }).id);
    expect(raised).toEqual(events);
  });

  it('refuse a payment on a deleted invoice, and on a draft when told to', () => {
    const { desk, clientId } = openDesk({ paymentOnDraft: 'reject' });
    const [gone, draft] = [true, false].map((sent) => desk.createInvoice({ clientId, amount: '5.00', sent }));
    desk.deleteInvoice(gone?.id ?? 0);
    expect(() => desk.recordPayment({ invoiceId: gone?.id ?? 0, amount: '5.00' })).toThrow(/deleted/);
    expect(() => desk.recordPayment({ invoiceId: draft?.id ?? 0, amount: '5.00' })).toThrow(Refusal);
  });

  it('list what is open and what it adds up to', () => {
    const { desk, clientId } = openDesk();
    desk.createInvoice({ clientId, amount: '5.00', currency: 'EUR' });
    desk.createInvoice({ clientId, amount: '7.00', currency: 'EUR' });
    desk.createInvoice({ clientId, amount: '1.00', sent: false });
    const paid = desk.createInvoice({ clientId, amount: '9.00' });
    desk.recordPayment({ invoiceId: paid.id, amount: '9.00' });
    expect(desk.openInvoices()).toHaveLength(2);
    expect(desk.outstanding()).toEqual({ EUR: '12.00' });
  });

  it('credit a payment made from a credit note against what is left of it', () => {
    const { desk, clientId } = openDesk();
    const [first, second] = ['10.00', '30.00'].map((amount) => desk.createInvoice({ clientId, amount }));
    desk.recordPayment({ invoiceId: first?.id ?? 0, amount: '25.00' });
    const creditid = desk.credits()[0]?.id;
    const pay = (amount: string) => {
      const body = {
        invoiceid: second?.id,
        amount: { amount },
        date: '2026-03-15',
        type: 'Credit',
        creditid,
      };
      return desk.applyCredit({ ...body, from_credit: true });
    };
    expect(() => pay('15.01')).toThrow(/less left/);
    expect(pay('15.00').amount).toBe('15.00');
    expect(desk.credits()).toMatchObject([{ amount: '15.00', used: '15.00' }]);
  });
});
