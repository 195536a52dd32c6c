import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import { GAVE_BACK_OF, type NewLedgerEntry, mirrorOf, type Subject } from '@mlc/core';
import type { Bench } from './subject.ts';

const PAYMENT: Subject = { provider: 'gocardless', type: 'payment', id: 'PM1' };

/** Payment PM1 of GBP 19.99 stands on invoice 101. */
export function anEntry(changes: Partial<NewLedgerEntry> = {}): NewLedgerEntry {
  return {
    key: 'collection:1',
    kind: 'collection',
    provider: 'gocardless',
    debit: 'assets:clearing:gocardless',
    credit: 'assets:receivables',
    amount: { minor: 9_007_199_254_740_993n, currency: 'GBP' },
    date: '2026-11-05',
    factDate: '2026-11-05',
    source: PAYMENT,
    invoiceId: '101',
    postingKey: '1',
    payoutId: null,
    eventId: null,
    note: 'PM1 on invoice 101',
    ...changes,
  };
}

/** More entries than one statement carries. */
const MANY = 2_500;

/** `LedgerStore`. */
export function ledgerTests({ subject }: Bench): void {
  const ledger = () => subject().store.ledger;
  const writes = () => inTransactions(subject().store);

  describe('the ledger', () => {
    test('an entry is kept as it is, and recorded once', async () => {
      const entry = anEntry();
      expect(await writes().ledger.record([entry, entry])).toEqual([entry.key]);
      expect(await writes().ledger.record([{ ...entry, amount: { minor: 1n, currency: 'GBP' } }])).toEqual(
        [],
      );
      expect(await ledger().ofSource(PAYMENT)).toEqual([entry]);
    });

    test('entries are found by what they are about, in the order they were written', async () => {
      const first = anEntry({ key: 'b' });
      const other = anEntry({ key: 'c', source: { ...PAYMENT, type: 'refund' } });
      const payout = { provider: 'gocardless', type: 'payout', id: 'PO1' };
      const ofPayout = anEntry({ key: 'd', source: payout, payoutId: 'PO1' });
      const second = anEntry({ key: 'a', payoutId: 'PO1' });
      await writes().ledger.record([first, other, ofPayout, second]);
      expect(await ledger().ofSource(PAYMENT)).toEqual([first, second]);
      expect(await ledger().ofPayout('PO1')).toEqual([ofPayout, second]);
      expect(await ledger().ofPayout('PO2')).toEqual([]);
    });

    test('entries on an invoice are found from a day on', async () => {
      const entry = (key: string, date: string, invoiceId: string | null) =>
        anEntry({ key, date, invoiceId });
      const [first, second] = [entry('b', '2026-10-02', '7'), entry('a', '2026-10-02', '7')];
      const others = [
        entry('c', '2026-10-01', '7'),
        entry('d', '2026-10-03', '8'),
        entry('e', '2026-10-03', null),
      ];
      await writes().ledger.record([first, ...others, second]);
      expect(await ledger().ofInvoice('7', '2026-10-02')).toEqual([first, second]);
    });

    test('refunds are found by the payment they name', async () => {
      const of = (id: string, note: string, more: Partial<NewLedgerEntry> = {}) =>
        anEntry({ key: id, note, source: { provider: 'paypal', type: 'refund', id }, ...more });
      const [first, second] = [of('R2', `R2${GAVE_BACK_OF}CAP1`), of('R1', `R1 (T1201)${GAVE_BACK_OF}CAP1`)];
      const others = [of('R3', `R3${GAVE_BACK_OF}CAP11`), of('R4', 'fee given back with R4')];
      const payment = anEntry({ key: 'PM', note: `PM${GAVE_BACK_OF}CAP1` });
      await writes().ledger.record([first, ...others, payment, second]);
      const capture = { provider: 'paypal', type: 'capture', id: 'CAP1' };
      expect(await ledger().ofRefundsOf(capture)).toEqual([first, second]);
      expect(await ledger().ofRefundsOf({ ...capture, id: 'CAP_' })).toEqual([]);
    });

    test('entries of many payments are found at once', async () => {
      const entries = ['PM1', 'PM2', 'PM3'].map((id) => anEntry({ key: id, source: { ...PAYMENT, id } }));
      const paypal = anEntry({ key: 'other', source: { ...PAYMENT, provider: 'paypal' } });
      await writes().ledger.record([...entries, paypal]);
      const found = await ledger().ofPayments('gocardless', ['PM3', 'PM1', 'PM9']);
      expect(found.map(({ key }) => key).sort()).toEqual(['PM1', 'PM3']);
      expect(await ledger().ofPayments('gocardless', [])).toEqual([]);
    });

    test('what falls into a closed month is dated into the first open one, with its own date beside it', async () => {
      await subject().closeMonth('2026-11');
      await subject().closeMonth('2026-12');
      await writes().ledger.record([anEntry(), anEntry({ key: 'open', date: '2027-02-03' })]);
      expect(await ledger().ofSource(PAYMENT)).toMatchObject([
        { date: '2027-01-01', factDate: '2026-11-05' },
        { date: '2027-02-03' },
      ]);
      const [audited] = await subject().auditEntries();
      expect(audited).toMatchObject({
        action: 'ledger.recorded',
        details: { date: '2027-01-01', factDate: '2026-11-05' },
      });
    });

    test('an entry is taken back by its mirror only', async () => {
      const entry = anEntry();
      const mirror = mirrorOf(entry, { eventId: null, why: 'the bank took it back' });
      await writes().ledger.record([entry]);
      await writes().ledger.record([mirror]);
      const entries = await ledger().ofSource(PAYMENT);
      expect(entries).toEqual([entry, mirror]);
      expect(entries.map(({ debit }) => debit)).toEqual([entry.debit, entry.credit]);
    });

    test.each([
      ['nothing', { amount: { minor: 0n, currency: 'GBP' } }],
      ['less than nothing', { amount: { minor: -1n, currency: 'GBP' } }],
      ['from an account to itself', { debit: 'assets:bank', credit: 'assets:bank' }],
    ])('a transfer of %s is none', async (_what, changes) => {
      await expect(writes().ledger.record([anEntry(changes)])).rejects.toThrow();
      expect(await ledger().ofSource(PAYMENT)).toEqual([]);
    });

    test('the audit log tells of each entry, with the event it came from', async () => {
      const event = await subject().queueEvent({ type: 'payments.confirmed', resourceId: 'PM1' });
      await writes().ledger.record([anEntry({ eventId: event.id }), anEntry({ key: 'second' })]);
      await writes().ledger.record([anEntry({ eventId: event.id })]);
      const audited = (await subject().auditEntries()).filter(({ action }) => action === 'ledger.recorded');
      expect(audited).toMatchObject([
        { subject: PAYMENT, correlationId: event.correlationId, details: { key: 'collection:1' } },
        { subject: PAYMENT, correlationId: null, details: { key: 'second' } },
      ]);
    });

    test('many entries are written at once', async () => {
      const entries = Array.from({ length: MANY }, (_, index) =>
        anEntry({
          key: `entry ${index}`,
          payoutId: 'PO1',
          amount: { minor: BigInt(index + 1), currency: 'GBP' },
        }),
      );
      const written = await writes().ledger.record(entries);
      expect(written).toEqual(entries.map(({ key }) => key));
      expect(await ledger().ofPayout('PO1')).toEqual(entries);
    });

    test('what a transaction recorded goes with it', async () => {
      const work = subject().store.transaction(async (tx) => {
        await tx.ledger.record([anEntry()]);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await ledger().ofSource(PAYMENT)).toEqual([]);
      expect(await writes().ledger.record([anEntry()])).toEqual(['collection:1']);
    });

    test('two that record the same at once write it once', async () => {
      const record = () => writes().ledger.record([anEntry()]);
      const written = await Promise.all([record(), record(), record()]);
      expect(written.flat()).toEqual(['collection:1']);
    });
  });

  describe('a payout and its payments', () => {
    test('a payout being booked and what is made of its payment do not pass each other', async () => {
      const { store } = subject();
      const collected = anEntry();
      const unallocated = anEntry({ key: 'unallocated:1', kind: 'unallocated', payoutId: 'PO1' });
      // Each writes only what it would when the other has written nothing yet.
      const payout = store.transaction(async (tx) => {
        const earlier = await tx.ledger.ofPayments('gocardless', ['PM1']);
        if (earlier.length === 0) await tx.ledger.record([unallocated]);
      });
      const payment = store.transaction(async (tx) => {
        const earlier = await tx.ledger.ofSource(PAYMENT);
        const why = { eventId: null, why: 'it stands on an invoice' };
        await tx.ledger.record([collected, ...earlier.map((entry) => mirrorOf(entry, why))]);
      });
      await Promise.all([payout, payment]);
      const entries = await ledger().ofSource(PAYMENT);
      const left = entries.filter(({ key }) => key.includes('unallocated'));
      expect([0, 2]).toContain(left.length);
      expect(entries.filter(({ kind }) => kind === 'collection')).toHaveLength(1);
    });
  });
}
