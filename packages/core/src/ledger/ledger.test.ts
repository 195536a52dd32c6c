import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { Posting } from '../ports/store.ts';
import { BANK, clearingOf, feesOf, OPENING, RECEIVABLES, UNALLOCATED } from './accounts.ts';
import {
  asideEntries,
  foundEntries,
  leftLossEntries,
  lostAsideEntries,
  ownRefundEntries,
  regainedEntries,
} from './aside.ts';
import {
  collectionEntries,
  feeEntry,
  type PaymentFact,
  refundEntry,
  reversalEntry,
  unallocatedEntry,
} from './entries.ts';
import { onInvoiceMinor, unallocatedMinor } from './standing.ts';
import { isMirror, type LedgerEntry, mirrorOf, movementOf } from './entry.ts';
import { entriesOfPostings } from './follow-postings.ts';
import { movementEntry, withdrawalEntry } from './movements.ts';
import { freshKey } from './open-entries.ts';

const CLEARING = clearingOf('paypal');
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const FACT: PaymentFact = {
  source: { provider: 'paypal', type: 'capture', id: 'CAP1' },
  amount: gbp(10_000n),
  factDate: '2026-11-04',
  eventId: '1',
};
const REFUND: PaymentFact = {
  ...FACT,
  source: { ...FACT.source, type: 'refund', id: 'REF1' },
  amount: gbp(2_500n),
};
const PLACE = { place: 'paypal:CAP1', note: 'no invoice' };

function payment(cycle: number, state: Posting['state'] = 'posted'): Posting {
  return {
    key: `k${cycle}`,
    kind: 'payment',
    invoiceId: '1',
    invoiceNumber: 'INV-1',
    source: { provider: 'paypal', id: 'CAP1' },
    cycle,
    amount: gbp(10_000n),
    date: '2026-11-04',
    note: '',
    state,
    externalId: '900',
    reversesKey: null,
    calledAt: null,
    recheckAt: null,
    eventId: '1',
  };
}

function reversalOf(posting: Posting): Posting {
  return {
    ...posting,
    key: `r${posting.cycle}`,
    kind: 'reversal',
    state: 'posted',
    reversesKey: posting.key,
  };
}

/** A ledger as the store keeps it: keys once. */
class Ledger {
  readonly entries: LedgerEntry[] = [];

  record(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) {
      expect(entry.amount.minor).toBeGreaterThan(0n);
      expect(entry.debit).not.toBe(entry.credit);
      if (this.entries.every(({ key }) => key !== entry.key)) this.entries.push(entry);
    }
  }

  on(account: string): bigint {
    return this.entries.reduce((sum, entry) => sum + movementOf(entry, account), 0n);
  }

  /** Balances per (date, kind, account), zeros left out. */
  balances(): Record<string, bigint> {
    const found: Record<string, bigint> = {};
    for (const entry of this.entries) {
      for (const account of [entry.debit, entry.credit]) {
        const name = `${entry.date} ${entry.kind} ${account}`;
        found[name] = (found[name] ?? 0n) + movementOf(entry, account);
      }
    }
    return Object.fromEntries(
      Object.entries(found)
        .filter(([, minor]) => minor !== 0n)
        .sort(),
    );
  }
}

/** One payment, what is booked for it, and what can happen to it next. */
class Life {
  readonly ledger = new Ledger();
  readonly postings: Posting[] = [];
  #refunds = 0;

  get #active(): Posting | undefined {
    const newest = this.postings.findLast(({ kind }) => kind === 'payment');
    return newest?.state === 'posted' ? newest : undefined;
  }

  follow(): void {
    this.ledger.record(entriesOfPostings(FACT, this.postings, this.ledger.entries));
  }

  readonly happenings: Record<string, () => void> = {
    post: () => {
      if (this.#active === undefined)
        this.postings.push(payment(this.postings.filter(({ kind }) => kind === 'payment').length + 1));
      this.follow();
    },
    reverse: () => {
      this.#takeBack();
      this.follow();
    },
    'reverse by hand': () => {
      const reversal = this.#takeBack();
      this.follow();
      const kept = { place: reversal?.key ?? '', payoutId: null, note: 'kept' };
      if (reversal !== undefined) this.ledger.record([unallocatedEntry(FACT, kept)]);
    },
    aside: () => {
      if (this.#active === undefined) this.ledger.record(asideEntries(FACT, PLACE, this.ledger.entries));
    },
    found: () => {
      const found = { invoiceId: '1', bookPaymentId: '800' };
      if (this.#active === undefined) this.ledger.record(foundEntries(FACT, found, this.ledger.entries));
    },
    refund: () => {
      this.#refunds += 1;
      const fact = { ...FACT, amount: gbp(100n) };
      const place = { place: `paypal:R${this.#refunds}`, payoutId: null, note: '' };
      this.ledger.record([refundEntry(fact, place, this.ledger.entries)]);
    },
    'left on its invoice': () => {
      const active = this.#active;
      if (active !== undefined) this.ledger.record(leftLossEntries(FACT, active, this.ledger.entries));
    },
    'lost while aside': () => {
      this.ledger.record(lostAsideEntries(FACT, { key: 'r' }, this.ledger.entries));
    },
    regained: () => {
      this.ledger.record(regainedEntries(this.ledger.entries, { eventId: null, why: '' }));
    },
    fee: () => {
      const fact = { ...FACT, amount: gbp(320n) };
      this.ledger.record([feeEntry(fact, { place: 'paypal:CAP1', payoutId: null, note: '' })]);
    },
  };

  #takeBack(): Posting | undefined {
    const active = this.#active;
    if (active === undefined) return undefined;
    this.postings[this.postings.indexOf(active)] = { ...active, state: 'reversed' };
    const reversal = reversalOf(active);
    this.postings.push(reversal);
    return reversal;
  }

  check(): void {
    const { ledger, postings } = this;
    const all = [CLEARING, RECEIVABLES, UNALLOCATED, OPENING, feesOf('paypal')];
    expect(all.reduce((sum, account) => sum + ledger.on(account), 0n)).toBe(0n);
    const ofKind = (...kinds: string[]) =>
      ledger.entries
        .filter(({ kind }) => kinds.includes(kind))
        .reduce((sum, entry) => sum + movementOf(entry, CLEARING), 0n);
    expect(ledger.on(CLEARING)).toBe(
      ofKind('collection') + ofKind('reversal') + ofKind('unallocated') + ofKind('refund', 'fee'),
    );
    expect(entriesOfPostings(FACT, postings, ledger.entries)).toEqual([]);
    const count = (prefix: string) => ledger.entries.filter(({ key }) => key.startsWith(prefix)).length;
    expect(count('collection:k')).toBe(postings.filter(({ kind }) => kind === 'payment').length);
    expect(count('reversal:r')).toBe(postings.filter(({ kind }) => kind === 'reversal').length);
  }
}

const names = Object.keys(new Life().happenings);

test('whatever happens in whatever order, the books balance and follow the postings', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { maxLength: 25 }), (story) => {
      const life = new Life();
      for (const name of story) {
        life.happenings[name]?.();
        life.check();
        if (name !== 'post') continue;
        // What stands on an invoice stands nowhere else.
        expect(unallocatedMinor(life.ledger.entries)).toBe(0n);
      }
    }),
    { numRuns: 500 },
  );
});

test('the money is held once: on an invoice, aside, or nowhere', () => {
  const story = fc.array(fc.constantFrom('post', 'reverse by hand', 'aside', 'found'), { maxLength: 25 });
  fc.assert(
    fc.property(story, (happenings) => {
      const life = new Life();
      for (const name of ['aside', ...happenings]) {
        life.happenings[name]?.();
        expect(life.ledger.on(CLEARING)).toBe(10_000n);
        const onInvoice = onInvoiceMinor(life.ledger.entries);
        expect(onInvoice + unallocatedMinor(life.ledger.entries)).toBe(10_000n);
      }
    }),
    { numRuns: 500 },
  );
});

test('an entry and its mirror leave nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { maxLength: 12 }), (story) => {
      const life = new Life();
      for (const name of story) life.happenings[name]?.();
      const made = life.ledger.entries.filter((entry) => !isMirror(entry));
      for (const entry of made) {
        const alone = new Ledger();
        alone.record([entry, mirrorOf(entry, { eventId: null, why: 'test' })]);
        expect(alone.balances()).toEqual({});
      }
    }),
  );
});

describe('in any order the same', () => {
  /** What is told of one payment that a person matches; each may come first, last, and twice. */
  const told: Record<string, (ledger: Ledger) => void> = {
    aside: (ledger) => ledger.record(asideEntries(FACT, PLACE, ledger.entries)),
    'in a payout': (ledger) => {
      if (onInvoiceMinor(ledger.entries) > 0n || unallocatedMinor(ledger.entries) > 0n) return;
      ledger.record([unallocatedEntry(FACT, { place: 'gocardless:PO1:0', payoutId: 'PO1', note: '' })]);
    },
    fee: (ledger) =>
      ledger.record([
        feeEntry({ ...FACT, amount: gbp(320n) }, { place: 'paypal:CAP1', payoutId: null, note: '' }),
      ]),
    'refund in a payout': (ledger) => {
      const fact = { ...FACT, amount: gbp(700n) };
      const earlier = ledger.entries.length === 0 ? asideEntries(FACT, PLACE, []) : ledger.entries;
      ledger.record([refundEntry(fact, { place: 'gocardless:PO2:0', payoutId: 'PO2', note: '' }, earlier)]);
    },
    'refund of its own': (ledger) => {
      // The capture is always brought up to date first.
      if (ledger.entries.length === 0) ledger.record(asideEntries(FACT, PLACE, []));
      const of = (id: string) => ledger.entries.filter(({ source }) => source.id === id);
      const standing = { earlier: of(REFUND.source.id), paymentEntries: of('CAP1') };
      ledger.record(ownRefundEntries(REFUND, { fee: gbp(20n), payment: FACT.source, ...standing }));
    },
    opening: (ledger) => {
      if (onInvoiceMinor(ledger.entries) > 0n) return;
      const entry = unallocatedEntry(FACT, { place: '', payoutId: null, note: '' });
      ledger.record([{ ...entry, key: 'opening:paypal:CAP1', kind: 'opening', credit: OPENING }]);
    },
  };

  test('once the payment stands on its invoice', () => {
    const orders = fc.array(fc.constantFrom(...Object.keys(told)), { maxLength: 20 });
    fc.assert(
      fc.property(orders, fc.nat(), (order, at) => {
        const everything = [...order, ...Object.keys(told)];
        const ledger = new Ledger();
        const post = (): void => ledger.record(entriesOfPostings(FACT, [payment(1)], ledger.entries));
        everything.forEach((name, index) => {
          if (index === at % everything.length) post();
          told[name]?.(ledger);
        });
        post();
        expect(ledger.balances()).toEqual({
          '2026-11-04 collection assets:clearing:paypal': 10_000n,
          '2026-11-04 collection assets:receivables': -10_000n,
          '2026-11-04 fee assets:clearing:paypal': -300n,
          '2026-11-04 fee expenses:fees:paypal': 300n,
          '2026-11-04 refund assets:clearing:paypal': -3_200n,
          '2026-11-04 refund assets:receivables': 3_200n,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('single cases', () => {
  test('a refund of money on no invoice uses up the unallocated, and moves when it is matched', () => {
    const ledger = new Ledger();
    ledger.record(asideEntries(FACT, PLACE, []));
    const whole = { ...REFUND, amount: FACT.amount };
    const told = { fee: null, payment: FACT.source, earlier: [], paymentEntries: ledger.entries };
    ledger.record(ownRefundEntries(whole, told));
    expect([ledger.on(UNALLOCATED), ledger.on(RECEIVABLES), ledger.on(CLEARING)]).toEqual([0n, 0n, 0n]);
    // A chargeback of it that is won: the money stands on no invoice again.
    const back = { ...whole, source: { ...whole.source, id: 'BACK' }, amount: gbp(-FACT.amount.minor) };
    ledger.record(ownRefundEntries(back, { ...told, paymentEntries: ledger.entries }));
    expect([ledger.on(UNALLOCATED), ledger.on(RECEIVABLES), ledger.on(CLEARING)]).toEqual([
      -10_000n,
      0n,
      10_000n,
    ]);
  });

  test('what a provider opened with is not collected a second time', () => {
    const [entry] = collectionEntries({ ...FACT, isInOpeningBalance: true }, payment(1), []);
    expect(entry).toMatchObject({ debit: OPENING, credit: RECEIVABLES, kind: 'collection' });
  });

  test('money of the opening balance comes and goes there, and is never set aside', () => {
    const fact = { ...FACT, isInOpeningBalance: true };
    const ledger = new Ledger();
    const taken = payment(1, 'reversed');
    ledger.record(entriesOfPostings(fact, [taken, reversalOf(taken)], []));
    ledger.record(asideEntries(fact, PLACE, ledger.entries));
    expect([ledger.on(OPENING), ledger.on(CLEARING), ledger.on(UNALLOCATED)]).toEqual([0n, 0n, 0n]);
    ledger.record(entriesOfPostings(fact, [taken, reversalOf(taken), payment(2)], ledger.entries));
    expect([ledger.on(OPENING), ledger.on(RECEIVABLES), ledger.on(CLEARING)]).toEqual([
      10_000n,
      -10_000n,
      0n,
    ]);
  });

  test('the expense of a fee that was taken back is no reversal of the payment', () => {
    const fee: Posting = { ...payment(1), key: 'f1', kind: 'fee', amount: gbp(320n) };
    const back: Posting = { ...reversalOf(fee), key: 'rf1' };
    const made = entriesOfPostings(FACT, [payment(1), fee, back], []);
    expect(made.map(({ key }) => key)).toEqual(['collection:k1']);
  });

  test('an entry from before the ledger that was taken back by hand leaves what was kept alone', () => {
    const ledger = new Ledger();
    const taken = payment(1, 'reversed');
    ledger.record([reversalEntry(FACT, reversalOf(taken), 'by hand')]);
    ledger.record([unallocatedEntry(FACT, { place: 'r1', payoutId: null, note: '' })]);
    ledger.record(entriesOfPostings(FACT, [taken, reversalOf(taken)], ledger.entries));
    expect(ledger.on(CLEARING)).toBe(10_000n);
    expect(unallocatedMinor(ledger.entries)).toBe(10_000n);
  });

  test('an earlier cycle that is filled in keeps its own date', () => {
    const postings = [
      { ...payment(1, 'reversed'), date: '2026-10-01' },
      { ...reversalOf(payment(1)), date: '2026-10-05' },
      payment(2),
    ];
    const made = entriesOfPostings(FACT, postings, []);
    expect(made.map(({ key, factDate }) => [key, factDate])).toEqual([
      ['collection:k1', '2026-10-01'],
      ['reversal:r1', '2026-10-05'],
      ['collection:k2', '2026-11-04'],
    ]);
  });

  test('postings that are not in the books are not in the ledger', () => {
    const open = [payment(1, 'intent'), payment(2, 'rejected')];
    expect(entriesOfPostings(FACT, open, [])).toEqual([]);
  });

  test('a withdrawal goes to the bank, any other movement against unallocated, both signed', () => {
    const words = { place: 'paypal:T1:T0400', note: '' };
    const out = { ...FACT, amount: gbp(-500n) };
    expect(withdrawalEntry(out, words)).toMatchObject({ kind: 'payout', debit: BANK, credit: CLEARING });
    expect(movementEntry(out, words)).toMatchObject({
      kind: 'movement',
      debit: UNALLOCATED,
      credit: CLEARING,
    });
    const back = { ...FACT, amount: gbp(500n) };
    expect(withdrawalEntry(back, words)).toMatchObject({ debit: CLEARING, credit: BANK });
    expect(movementEntry(back, words)).toMatchObject({ amount: gbp(500n), debit: CLEARING });
  });

  test('a key that was used gets a number', () => {
    const [entry] = asideEntries(FACT, PLACE, []);
    const known = entry === undefined ? [] : [entry];
    expect(freshKey('unallocated:paypal:CAP1', known)).toBe('unallocated:paypal:CAP1:2');
    expect(freshKey('other', known)).toBe('other');
  });
});
