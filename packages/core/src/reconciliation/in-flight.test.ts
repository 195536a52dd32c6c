import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { addDays } from '../dates/dates.ts';
import type { Debit, DebitStep, DebitStatus } from '../ports/debits.ts';
import type { Payout, PayoutItem } from '../ports/payouts.ts';
import { type AsOf, TURNING_ACTIONS } from './debit-history.ts';
import {
  gocardlessHoldings,
  gocardlessOpening,
  gocardlessProofs,
  type GocardlessRecords,
} from './in-flight.ts';

const OCTOBER_END = '2026-10-31';
const asOf = (day: string, point: AsOf['point'] = 'confirmed'): AsOf => ({ day, point, timezone: 'UTC' });

function debit(id: string, status: DebitStatus, facts: Partial<Debit> = {}): Debit {
  return {
    id,
    amount: { minor: 10_000n, currency: 'GBP' },
    status,
    chargeDate: '2026-10-20',
    mandateId: 'MD1',
    description: null,
    reference: null,
    metadata: {},
    subscriptionId: null,
    instalmentScheduleId: null,
    payoutId: null,
    createdAt: '2026-10-10T09:00:00.000Z',
    ...facts,
  };
}

const item = (type: PayoutItem['type'], paymentId: string | null, minor = 10_000n): PayoutItem => ({
  type,
  amountTenths: minor * 10n,
  taxTenths: 0n,
  paymentId,
  refundId: null,
  mandateId: null,
});

function payout(id: string, arrivalDate: string, items: PayoutItem[] | null, facts: Partial<Payout> = {}) {
  const kept: Payout = {
    id,
    net: { minor: 9_900n, currency: 'GBP' },
    deductedFeesMinor: 100n,
    status: 'paid',
    arrivalDate,
    reference: null,
    payoutType: 'merchant',
    exchange: null,
    createdAt: `${arrivalDate}T06:00:00.000Z`,
    ...facts,
  };
  return { payout: kept, items };
}

const step = (debitId: string, action: string, day: string): DebitStep => ({
  debitId,
  action,
  at: `${day}T10:00:00.000Z`,
});

const records = (facts: Partial<GocardlessRecords>): GocardlessRecords => ({
  debits: [],
  steps: new Map(),
  payouts: [],
  bounces: [],
  ...facts,
});

const held = (facts: Partial<GocardlessRecords>, at: AsOf = asOf(OCTOBER_END)) =>
  gocardlessHoldings(records(facts), at).map(({ id, amountMinor }) => [id, amountMinor]);

const paidOut = item('payment_paid_out', 'PM1');

describe('what GoCardless holds', () => {
  test.each<[DebitStatus, AsOf['point'], bigint]>([
    ['submitted', 'confirmed', 0n],
    ['confirmed', 'confirmed', 10_000n],
    ['paid_out', 'confirmed', 10_000n],
    ['confirmed', 'paid_out', 0n],
    ['paid_out', 'paid_out', 10_000n],
    ['failed', 'confirmed', 0n],
    ['charged_back', 'confirmed', 0n],
    ['cancelled', 'confirmed', 0n],
  ])('a debit that is %s counts by the point %s as %p', (status, point, minor) => {
    const holdings = held({ debits: [debit('PM1', status)] }, asOf(OCTOBER_END, point));
    expect(holdings).toEqual(minor === 0n ? [] : [['PM1', minor]]);
  });

  test('one charged after the day does not count, one charged on it does', () => {
    const debits = [
      debit('PM1', 'confirmed', { chargeDate: '2026-11-01' }),
      debit('PM2', 'confirmed', { chargeDate: OCTOBER_END }),
    ];
    expect(held({ debits })).toEqual([['PM2', 10_000n]]);
  });

  test('a payout settles it on the day it arrives, and not while its exchange rate is awaited', () => {
    const debits = [debit('PM1', 'paid_out')];
    expect(held({ debits, payouts: [payout('PO1', OCTOBER_END, [paidOut])] })).toEqual([]);
    expect(held({ debits, payouts: [payout('PO1', '2026-11-01', [paidOut])] })).toEqual([['PM1', 10_000n]]);
    const pending = payout('PO1', OCTOBER_END, [paidOut], { status: 'pending' });
    expect(held({ debits, payouts: [pending] })).toEqual([['PM1', 10_000n]]);
  });

  test('refunds, fees and revenue shares are the same on both sides of a payout', () => {
    const items = [
      paidOut,
      item('gocardless_fee', 'PM1', -100n),
      item('payment_refunded', 'PM1', -3_000n),
      item('refund_funds_returned', 'PM1', 3_000n),
      item('refund', null, -500n),
      item('revenue_share', null, 20n),
      item('surcharge_fee', 'PM1', -10n),
    ];
    const payouts = [payout('PO1', OCTOBER_END, items)];
    expect(held({ debits: [debit('PM1', 'paid_out')], payouts })).toEqual([]);
  });

  test('a late failure is owed until a payout has taken it', () => {
    const debits = [debit('PM1', 'failed')];
    const first = payout('PO1', '2026-10-25', [paidOut]);
    const second = payout('PO2', '2026-10-30', [item('payment_failed', 'PM1', -10_000n)]);
    expect(held({ debits, payouts: [first] })).toEqual([['PM1', -10_000n]]);
    expect(held({ debits, payouts: [first, second] })).toEqual([]);
  });

  test('what came back from the bank is held again from the day it came', () => {
    const debits = [debit('PM1', 'paid_out')];
    const payouts = [payout('PO1', '2026-10-25', [paidOut], { status: 'bounced' })];
    const bounced = (payoutId: string | null, day: string) =>
      held({ debits, payouts, bounces: [{ payoutId, at: `${day}T10:00:00.000Z` }] });
    expect(bounced('PO1', '2026-10-27')).toEqual([['PO1', 9_900n]]);
    expect(bounced('PO1', '2026-11-02')).toEqual([]);
    expect(bounced(null, '2026-10-27')).toEqual([['PO1', 9_900n]]);
    expect(bounced(null, '2026-11-02')).toEqual([]);
    expect(held({ debits, payouts })).toEqual([['PO1', 9_900n]]);
  });

  test('items that are not kept any more are taken from the payments’ own link', () => {
    const payouts = [payout('PO1', '2026-10-25', null)];
    const debits = [
      debit('PM1', 'paid_out', { payoutId: 'PO1' }),
      debit('PM2', 'paid_out', { payoutId: 'PO2' }),
    ];
    expect(held({ debits, payouts })).toEqual([['PM2', 10_000n]]);
  });
});

describe('what turned after the day', () => {
  const history = (...steps: [string, string][]) =>
    new Map([['PM1', steps.map(([action, day]) => step('PM1', action, day))]]);

  test('a failure only after the day still counts as standing', () => {
    const steps = history(['created', '2026-10-10'], ['confirmed', '2026-10-21'], ['failed', '2026-11-03']);
    expect(held({ debits: [debit('PM1', 'failed')], steps })).toEqual([['PM1', 10_000n]]);
    expect(held({ debits: [debit('PM1', 'failed')], steps }, asOf('2026-11-03'))).toEqual([]);
  });

  test('one that failed after the day without ever being confirmed never stood', () => {
    const steps = history(['created', '2026-10-10'], ['submitted', '2026-10-18'], ['failed', '2026-11-03']);
    expect(held({ debits: [debit('PM1', 'failed')], steps })).toEqual([]);
  });

  test('one whose beginning is not kept any more stood', () => {
    const steps = history(['charged_back', '2026-11-03']);
    expect(held({ debits: [debit('PM1', 'charged_back')], steps })).toEqual([['PM1', 10_000n]]);
  });

  test('confirmed after the day and charged before it counts: the books date by the charge date', () => {
    const steps = history(['created', '2026-10-10'], ['confirmed', '2026-11-02'], ['failed', '2026-11-05']);
    const debits = [debit('PM1', 'failed', { chargeDate: '2026-10-30' })];
    expect(held({ debits, steps })).toEqual([['PM1', 10_000n]]);
  });

  test('tried again after the day: its first try counts', () => {
    const steps = history(
      ['created', '2026-10-10'],
      ['confirmed', '2026-10-21'],
      ['failed', '2026-11-02'],
      ['resubmission_requested', '2026-11-04'],
    );
    const debits = [debit('PM1', 'pending_submission', { chargeDate: '2026-11-20' })];
    expect(held({ debits, steps })).toEqual([['PM1', 10_000n]]);
    expect(held({ debits, steps }, asOf('2026-11-30'))).toEqual([]);
  });

  test('a chargeback cancelled after the day is a loss until then', () => {
    const steps = history(
      ['created', '2026-10-10'],
      ['confirmed', '2026-10-21'],
      ['charged_back', '2026-10-28'],
      ['chargeback_cancelled', '2026-11-04'],
    );
    const debits = [debit('PM1', 'paid_out')];
    expect(held({ debits, steps })).toEqual([]);
    expect(held({ debits, steps }, asOf('2026-11-04'))).toEqual([['PM1', 10_000n]]);
  });

  test('days are those of the business', () => {
    const at = '2026-10-31T23:30:00.000Z';
    const steps = new Map([['PM1', [step('PM1', 'created', '2026-10-10'), { ...step('PM1', 'confirmed', '2026-10-21') },
      { debitId: 'PM1', action: 'failed', at }]]]); // prettier-ignore
    const debits = [debit('PM1', 'failed')];
    expect(held({ debits, steps })).toEqual([]);
    expect(held({ debits, steps }, { ...asOf(OCTOBER_END), timezone: 'Europe/Berlin' })).toEqual([
      ['PM1', 10_000n],
    ]);
  });
});

describe('go-live', () => {
  const goLive = '2026-11-01';
  const facts = records({
    debits: [
      debit('PM-in-flight', 'paid_out', { chargeDate: '2026-10-29' }),
      debit('PM-over', 'charged_back', { chargeDate: '2026-10-20' }),
      debit('PM-new', 'confirmed', { chargeDate: '2026-11-05' }),
      debit('PM-owed', 'failed', { chargeDate: '2026-10-19' }),
    ],
    steps: new Map([
      [
        'PM-over',
        [
          step('PM-over', 'created', '2026-10-10'),
          step('PM-over', 'confirmed', '2026-10-21'),
          step('PM-over', 'charged_back', '2026-11-03'),
        ],
      ],
    ]),
    payouts: [
      payout('PO1', '2026-10-22', [item('payment_paid_out', 'PM-over'), item('payment_paid_out', 'PM-owed')]),
      payout('PO2', '2026-11-03', [item('payment_paid_out', 'PM-in-flight')]),
      payout('PO3', '2026-11-06', [item('payment_charged_back', 'PM-over', -10_000n)]),
    ],
  });

  test('opens with what was in flight the evening before, what is owed negative', () => {
    expect(gocardlessOpening(facts, goLive, asOf(''))).toEqual([
      { id: 'PM-in-flight', type: 'payment', currency: 'GBP', amountMinor: 10_000n },
      { id: 'PM-owed', type: 'payment', currency: 'GBP', amountMinor: -10_000n },
    ]);
  });

  test('a debit that was over before is left out, before and after it is charged back', () => {
    const proofs = (day: string) => gocardlessProofs(facts, goLive, asOf(day));
    expect(proofs('2026-11-02')[0]?.holdings).toEqual([
      { id: 'PM-in-flight', amountMinor: 10_000n },
      { id: 'PM-owed', amountMinor: -10_000n },
    ]);
    expect(proofs('2026-11-30')).toEqual([
      {
        provider: 'gocardless',
        currency: 'GBP',
        inFlightMinor: 0n,
        holdings: [
          { id: 'PM-new', amountMinor: 10_000n },
          { id: 'PM-owed', amountMinor: -10_000n },
        ],
        why: null,
      },
    ]);
  });

  test('without anything it was asked all the same', () => {
    expect(gocardlessProofs(records({}), goLive, asOf('2026-11-30'))).toEqual([
      { provider: 'gocardless', currency: null, inFlightMinor: 0n, holdings: [], why: null },
    ]);
  });
});

describe('any course of debits', () => {
  /** What happens to a debit next, what that leaves it as, and what a bookkeeper writes down for it. */
  interface Happening {
    readonly action: string | null;
    readonly status?: DebitStatus;
    /** A payout with this item arrives. */
    readonly item?: PayoutItem['type'];
    readonly booked?: 1n | -1n;
    /** The payment is dated by its charge date, not by this day. */
    readonly isCharge?: true;
  }
  const CREATED: Happening = { action: 'created', status: 'pending_submission' };
  const CHARGED: Happening = { action: null, status: 'submitted', isCharge: true };
  const CONFIRMED: Happening = { action: 'confirmed', status: 'confirmed', booked: 1n };
  const PAID: Happening = { action: 'paid_out', status: 'paid_out', item: 'payment_paid_out' };
  const FAILED: Happening = { action: 'failed', status: 'failed', booked: -1n };
  const EARLY: Happening = { action: 'failed', status: 'failed' };
  const FAILURE_TAKEN: Happening = { action: 'late_failure_settled', item: 'payment_failed' };
  const CHARGED_BACK: Happening = { action: 'charged_back', status: 'charged_back', booked: -1n };
  const CHARGEBACK_TAKEN: Happening = { action: 'chargeback_settled', item: 'payment_charged_back' };
  const RESTORED: Happening = { action: 'chargeback_cancelled', status: 'paid_out', booked: 1n };
  const GIVEN_BACK: Happening = { action: null, item: 'payment_paid_out' };
  const AGAIN: Happening = { action: 'resubmission_requested', status: 'pending_submission' };
  const COURSES: readonly (readonly Happening[])[] = [
    [CREATED, CHARGED],
    [CREATED, CHARGED, EARLY],
    [CREATED, CHARGED, CONFIRMED],
    [CREATED, CHARGED, CONFIRMED, PAID],
    [CREATED, CHARGED, CONFIRMED, FAILED],
    [CREATED, CHARGED, CONFIRMED, PAID, FAILED, FAILURE_TAKEN],
    [CREATED, CHARGED, CONFIRMED, PAID, CHARGED_BACK],
    [CREATED, CHARGED, CONFIRMED, PAID, CHARGED_BACK, CHARGEBACK_TAKEN, RESTORED, GIVEN_BACK],
    [CREATED, CHARGED, EARLY, AGAIN, CHARGED, CONFIRMED, PAID],
    [CREATED, CHARGED, CONFIRMED, PAID, FAILED, FAILURE_TAKEN, AGAIN, CHARGED, CONFIRMED, PAID],
  ];
  const GAPS = 10;
  const course = fc.record({
    happenings: fc.constantFrom(...COURSES),
    gaps: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: GAPS, maxLength: GAPS }),
    minor: fc.bigInt({ min: 1n, max: 1_000_000n }),
  });
  type Played = (typeof course extends fc.Arbitrary<infer C> ? C : never) & { id: string };

  const daysOf = ({ gaps, happenings }: Played): string[] =>
    happenings.map((_, index) =>
      addDays(
        '2026-09-01',
        gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0),
      ),
    );
  /** The day of the last charge: what GoCardless says it is. */
  const chargedOn = (played: Played): number => played.happenings.findLastIndex(({ isCharge }) => isCharge);
  const statusOf = ({ happenings }: Played): DebitStatus =>
    happenings.findLast(({ status }) => status !== undefined)?.status ?? 'submitted';
  const stepsOf = (played: Played): DebitStep[] =>
    played.happenings.flatMap(({ action }, index) =>
      action === null ? [] : [step(played.id, action, daysOf(played)[index] ?? '')],
    );
  const payoutsOf = (played: Played) =>
    played.happenings.flatMap(({ item: type }, index) => {
      if (type === undefined) return [];
      const minor = type === 'payment_paid_out' ? played.minor : -played.minor;
      return [
        payout(`PO-${played.id}-${index}`, daysOf(played)[index] ?? '', [item(type, played.id, minor)]),
      ];
    });

  /** As a bookkeeper would have it: the last payment by its charge date, all else by its day. */
  function heldOn(played: Played, day: string): bigint {
    const days = daysOf(played);
    const last = chargedOn(played);
    const booked = played.happenings.map(({ booked: sign = 0n, action }, index) => {
      const on = action === 'confirmed' && index > last ? days[last] : days[index];
      return (on ?? '') <= day ? sign * played.minor : 0n;
    });
    const taken = payoutsOf(played)
      .filter(({ payout: { arrivalDate } }) => (arrivalDate ?? '') <= day)
      .flatMap(({ items }) => items ?? [])
      .map(({ amountTenths }) => amountTenths / 10n);
    const total = (amounts: bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
    return total(booked) - total(taken);
  }

  test('is held as a bookkeeper would have written it down day by day', () => {
    const turning = new Set<string>(TURNING_ACTIONS);
    const anyDay = fc.integer({ min: 0, max: 100 }).map((offset) => addDays('2026-09-01', offset));
    fc.assert(
      fc.property(fc.array(course, { maxLength: 12 }), anyDay, (courses, day) => {
        const all = courses.map((one, index) => ({ ...one, id: `PM${index}` }));
        const turnedLater = all.filter((one) =>
          stepsOf(one).some(({ action, at }) => turning.has(action) && at.slice(0, 10) > day),
        );
        const found = gocardlessHoldings(
          records({
            debits: all.map((one) =>
              debit(one.id, statusOf(one), {
                chargeDate: daysOf(one)[chargedOn(one)] ?? '',
                amount: { minor: one.minor, currency: 'GBP' },
              }),
            ),
            steps: new Map(turnedLater.map((one) => [one.id, stepsOf(one)])),
            payouts: all.flatMap(payoutsOf),
          }),
          asOf(day),
        );
        const expected = all.map((one) => [one.id, heldOn(one, day)] as const);
        expect(new Map(found.map(({ id, amountMinor }) => [id, amountMinor]))).toEqual(
          new Map(expected.filter(([, minor]) => minor !== 0n)),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
