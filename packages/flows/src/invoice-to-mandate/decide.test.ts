import { describe, expect, test } from '@jest/globals';
import type { Collection, CollectionState, Mandate, Policy } from '@mlc/core';
import {
  chargeDateFor,
  decideExisting,
  decideSchedule,
  mayCollectAgain,
  type ScheduledDebit,
  upcomingOf,
} from './decide.ts';
import type { Wanted } from './fit.ts';
import type { KnownCollection } from '../debits/in-flight.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

function collection(state: CollectionState, changes: Partial<Collection> = {}): Collection {
  return {
    id: 'c1',
    invoiceId: '1',
    invoiceNumber: 'INV-1',
    clientId: '7',
    attempt: 1,
    origin: 'ours',
    paymentId: 'PM1',
    mandateId: 'MD1',
    amount: gbp(10_000n),
    chargeDate: '2026-11-20',
    wantedDate: '2026-11-20',
    creditorId: null,
    state,
    idempotencyKey: 'k',
    scheduleId: null,
    willAttemptRetry: false,
    calledAt: null,
    endedBy: null,
    ...changes,
  };
}

const wants = (minor: bigint, changes: Partial<Wanted> = {}): Wanted => ({
  outstanding: gbp(minor),
  clientId: '7',
  creditorId: null,
  charge: { dueDate: '2026-11-20', earliest: null },
  ...changes,
});

const known = (of: Collection, booked: KnownCollection['booked'] = 'none'): KnownCollection[] => [
  { collection: of, booked },
];
const mandate = { id: 'MD1', nextPossibleChargeDate: '2026-11-12' } as Mandate;

describe('earlier debits of the invoice', () => {
  test('none: attempt 1 is free', () => {
    expect(decideExisting([], wants(10_000n))).toEqual({ kind: 'free', nextAttempt: 1, last: null });
  });

  test.each<[CollectionState, bigint, string]>([
    ['requested', 10_000n, 'enough'],
    ['pending_submission', 10_000n, 'enough'],
    ['submitted', 10_000n, 'enough'],
    ['confirmed', 10_000n, 'enough'],
    ['paid_out', 10_000n, 'enough'],
    ['pending_submission', 12_000n, 'replace'],
    ['requested', 12_000n, 'too-late'],
    ['submitted', 12_000n, 'too-late'],
    ['confirmed', 12_000n, 'too-late'],
    ['planned', 12_000n, 'resume'],
    ['failed', 10_000n, 'free'],
    ['cancelled', 10_000n, 'free'],
    ['charged_back', 10_000n, 'free'],
  ])('%s with %s outstanding: %s', (state, outstanding, kind) => {
    expect(decideExisting(known(collection(state)), wants(outstanding)).kind).toBe(kind);
  });

  test('a failed debit that GoCardless retries by itself still counts', () => {
    const retrying = collection('failed', { willAttemptRetry: true });
    expect(decideExisting(known(retrying), wants(10_000n)).kind).toBe('enough');
  });

  test('a debit that is in the books is over: what is outstanding now is new', () => {
    expect(decideExisting(known(collection('paid_out'), 'booked'), wants(2_000n))).toMatchObject({
      kind: 'free',
      nextAttempt: 2,
    });
  });

  test.each([10_000n, 2_000n])(
    'while its payment is in doubt nothing is collected: %d outstanding',
    (minor) => {
      expect(decideExisting(known(collection('paid_out'), 'in-doubt'), wants(minor)).kind).toBe('enough');
    },
  );

  test.each(['gone', 'elsewhere'] as const)('a debit whose money is %s is not under way', (booked) => {
    expect(decideExisting(known(collection('paid_out'), booked), wants(10_000n))).toMatchObject({
      kind: 'free',
      nextAttempt: 2,
    });
  });

  test('what a subscription made is not ours to cancel, nor to send', () => {
    const linked = collection('pending_submission', { origin: 'subscription' });
    expect(decideExisting(known(linked), wants(12_000n)).kind).toBe('too-late');
    const planned = collection('planned', { origin: 'subscription', paymentId: null });
    expect(decideExisting(known(planned), wants(10_000n)).kind).toBe('enough');
  });
});

describe('several debits of one invoice', () => {
  const one = collection('pending_submission');
  const other = collection('submitted', { id: 'c2', attempt: 2, paymentId: 'PM2', amount: gbp(11_000n) });
  const both = (first: KnownCollection['booked'], second: KnownCollection['booked']): KnownCollection[] => [
    { collection: one, booked: first },
    { collection: other, booked: second },
  ];

  test.each([10_000n, 11_000n, 21_000n])(
    'that run at once are a question, whatever is outstanding: %d',
    (minor) => {
      expect(decideExisting(both('none', 'none'), wants(minor))).toMatchObject({
        kind: 'several',
        collections: [{ id: 'c1' }, { id: 'c2' }],
      });
    },
  );

  test('of which one is being booked: waited for', () => {
    expect(decideExisting(both('in-doubt', 'none'), wants(11_000n)).kind).toBe('enough');
    expect(decideExisting(both('none', 'in-doubt'), wants(10_000n)).kind).toBe('enough');
  });

  test('of which one is in the books: the other has to fit what is left', () => {
    expect(decideExisting(both('booked', 'none'), wants(11_000n)).kind).toBe('enough');
    expect(decideExisting(both('booked', 'none'), wants(1_000n)).kind).toBe('too-late');
    expect(decideExisting(both('none', 'booked'), wants(1_000n)).kind).toBe('replace');
  });

  test('one that was planned and never asked for is none', () => {
    const planned = collection('planned', { id: 'c2', attempt: 2, paymentId: null });
    const all = [...known(one), { collection: planned, booked: 'none' as const }];
    expect(decideExisting(all, wants(10_000n))).toMatchObject({ kind: 'enough', collection: { id: 'c1' } });
  });

  test('one that is booked on another invoice: the next attempt, with a number of its own', () => {
    const matched = collection('paid_out', { origin: 'matched' });
    expect(decideExisting(known(matched, 'elsewhere'), wants(10_000n))).toMatchObject({
      kind: 'free',
      nextAttempt: 2,
    });
  });

  test('one that was asked for, whose answer is not known, is sent again as it was or taken back', () => {
    const asked = collection('planned', { paymentId: null, calledAt: new Date('2026-11-05T09:00:00Z') });
    expect(decideExisting(known(asked), wants(10_000n)).kind).toBe('resume');
    expect(decideExisting(known(asked), wants(12_000n)).kind).toBe('replace');
    expect(decideExisting(known(asked), wants(10_000n, { clientId: '8' })).kind).toBe('replace');
  });
});

describe('the next attempt after one that ended', () => {
  const other = { ...mandate, id: 'MD2' };
  test.each<[string, Collection | null, { on: Mandate; outstanding: bigint; allowed: boolean }]>([
    ['no debit yet', null, { on: mandate, outstanding: 10_000n, allowed: true }],
    [
      'cancelled by us',
      collection('cancelled', { endedBy: 'us' }),
      { on: mandate, outstanding: 10_000n, allowed: true },
    ],
    [
      'cancelled in the dashboard',
      collection('cancelled'),
      { on: mandate, outstanding: 10_000n, allowed: false },
    ],
    ['cancelled, new mandate', collection('cancelled'), { on: other, outstanding: 10_000n, allowed: true }],
    ['failed', collection('failed'), { on: mandate, outstanding: 10_000n, allowed: false }],
    ['failed, amount changed', collection('failed'), { on: mandate, outstanding: 9_000n, allowed: true }],
    ['failed, new mandate', collection('failed'), { on: other, outstanding: 10_000n, allowed: true }],
    [
      'failed, released by a person',
      collection('failed', { endedBy: 'us' }),
      { on: mandate, outstanding: 10_000n, allowed: true },
    ],
    [
      'charged back, amount changed',
      collection('charged_back'),
      { on: mandate, outstanding: 9_000n, allowed: false },
    ],
  ])('%s', (_name, last, { on, outstanding, allowed }) => {
    expect(mayCollectAgain(last, on, gbp(outstanding))).toBe(allowed);
  });
});

test.each<[string, { policy: Policy['chargeDate']; due: string | null; next: string | null }, string | null]>(
  [
    [
      'due after the mandate allows',
      { policy: 'due-date', due: '2026-11-20', next: '2026-11-12' },
      '2026-11-20',
    ],
    [
      'due on the first possible day',
      { policy: 'due-date', due: '2026-11-12', next: '2026-11-12' },
      '2026-11-12',
    ],
    ['due before: omitted', { policy: 'due-date', due: '2026-11-11', next: '2026-11-12' }, null],
    ['no first day known yet', { policy: 'due-date', due: '2026-11-20', next: null }, '2026-11-20'],
    ['no first day known, overdue', { policy: 'due-date', due: '2026-11-01', next: null }, null],
    ['no due date', { policy: 'due-date', due: null, next: '2026-11-12' }, null],
    ['as soon as possible', { policy: 'as-soon-as-possible', due: '2026-11-20', next: '2026-11-12' }, null],
  ],
)('charge date: %s', (_name, { policy, due, next }, expected) => {
  const on = { ...mandate, nextPossibleChargeDate: next };
  expect(chargeDateFor({ chargeDate: policy } as Policy, due, on, '2026-11-05')).toBe(expected);
});

describe('retainers on a subscription or instalment schedule', () => {
  const debit = (chargeDate: string, minor = 10_000n, scheduleId = 'SB1'): ScheduledDebit => ({
    scheduleId,
    origin: 'subscription',
    mandateId: 'MD1',
    paymentId: null,
    amount: gbp(minor),
    chargeDate,
    state: 'planned',
  });

  test('same amount within seven days: linked, the closest first', () => {
    const closest = debit('2026-11-21');
    const decision = decideSchedule(
      [debit('2026-11-27'), closest, debit('2026-12-20')],
      gbp(10_000n),
      '2026-11-20',
    );
    expect(decision).toEqual({ kind: 'link', debit: closest });
  });

  test.each([
    ['eight days away', debit('2026-11-28')],
    ['another amount', debit('2026-11-20', 9_999n)],
  ])('%s: a risk', (_name, scheduled) => {
    expect(decideSchedule([scheduled], gbp(10_000n), '2026-11-20')).toMatchObject({ kind: 'risk' });
  });

  test('no schedule: nothing in the way', () => {
    expect(decideSchedule([], gbp(10_000n), '2026-11-20')).toEqual({ kind: 'none' });
  });

  test('a subscription announces only what has no payment yet, and only while it is active', () => {
    const upcoming = [
      { chargeDate: '2026-11-20', amountMinor: 10_000n },
      { chargeDate: '2026-12-20', amountMinor: 10_000n },
    ];
    const subscription = { id: 'SB1', status: 'active', mandateId: 'MD1', currency: 'GBP', upcoming };
    const announced = upcomingOf(subscription, new Set(['2026-11-20']));
    expect(announced.map((scheduled) => scheduled.chargeDate)).toEqual(['2026-12-20']);
    expect(upcomingOf({ ...subscription, status: 'paused' }, new Set())).toEqual([]);
  });
});
