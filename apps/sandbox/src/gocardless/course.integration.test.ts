import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { SandboxClock } from '../clock.ts';
import { GocardlessSandbox } from './sandbox.ts';
import type { Outcome } from './outcomes.ts';
import type { GcEvent, Mandate, Payment } from './wire.ts';

/** A Monday morning. */
const START = new Date('2026-11-02T09:00:00Z');

let clock: SandboxClock;
let sandbox: GocardlessSandbox;

beforeEach(() => {
  clock = new SandboxClock({ start: START });
  sandbox = new GocardlessSandbox({ clock });
});

afterEach(() => sandbox.close());

const events = (): GcEvent[] => sandbox.organisation.world.events.all();
const story = (id: string): string[] =>
  events()
    .filter(({ links, resource_type }) => resource_type === 'payments' && links['payment'] === id)
    .map(({ action }) => action);

function debit(
  outcomes: readonly Outcome[],
  amount = 10_000,
  scheme: 'bacs' | 'sepa_core' = 'bacs',
): Payment {
  const { mandate } = sandbox.scenarios.addPayer({ scheme });
  sandbox.scenarios.planNextPayment({ mandate: mandate.id, outcomes });
  return sandbox.scenarios.addForeignPayment({ mandate: mandate.id, amount });
}

describe('planned outcomes, driven by the clock', () => {
  test('fails, is retried by GoCardless, is paid', async () => {
    const payment = debit([{ kind: 'failed', willAttemptRetry: true }]);
    await clock.advanceDays(21);
    expect(story(payment.id)).toEqual([
      'created',
      'submitted',
      'failed',
      'resubmission_requested',
      'submitted',
      'confirmed',
      'paid_out',
    ]);
    const failed = events().find(({ action }) => action === 'failed');
    expect(failed?.details).toMatchObject({
      origin: 'bank',
      cause: 'refer_to_payer',
      reason_code: 'ARUDD-0',
      scheme: 'bacs',
      will_attempt_retry: true,
    });
  });

  test('retry_if_possible alone makes GoCardless retry, up to its limit', async () => {
    const fails: Outcome = { kind: 'failed' };
    const payment = debit([fails, fails, fails, fails]);
    payment.retry_if_possible = true;
    await clock.advanceDays(60);
    expect(payment.status).toBe('failed');
    expect(story(payment.id).filter((action) => action === 'resubmission_requested')).toHaveLength(3);
  });

  test('a late failure is settled by a later payout', async () => {
    const payment = debit([{ kind: 'late_failure', afterWorkingDays: 1 }]);
    debit([], 40_000).charge_date = '2026-11-12';
    await clock.advanceDays(8);
    expect(story(payment.id)).toEqual(['created', 'submitted', 'confirmed', 'paid_out', 'failed']);
    const other = debit([], 50_000);
    await clock.advanceDays(14);
    expect(story(payment.id).at(-1)).toBe('late_failure_settled');
    expect(other.status).toBe('paid_out');
  });

  test('a chargeback may take the mandate with it', async () => {
    const payment = debit([{ kind: 'charged_back', cancelsMandate: true }]);
    await clock.advanceDays(30);
    expect(payment.status).toBe('charged_back');
    expect(sandbox.organisation.world.mandates.must(payment.links.mandate).status).toBe('cancelled');
  });

  test('a SEPA mandate goes with its first debit, and survives an empty account but not wrong details', async () => {
    const pay = (outcomes: readonly Outcome[]): { mandate: Mandate } => {
      const payer = sandbox.scenarios.addPayer({ scheme: 'sepa_core', mandateStatus: 'pending_submission' });
      sandbox.scenarios.planNextPayment({ mandate: payer.mandate.id, outcomes });
      sandbox.scenarios.addForeignPayment({ mandate: payer.mandate.id, amount: 5000 });
      return payer;
    };
    const [paid, empty, wrong] = [
      pay([]),
      pay([{ kind: 'failed' }]),
      pay([{ kind: 'failed', cause: 'invalid_bank_details' }]),
    ];
    await clock.advanceDays(10);
    expect([paid, empty, wrong].map(({ mandate }) => mandate.status)).toEqual(['active', 'active', 'failed']);
  });

  test.each([
    ['Penniless', 'failed'],
    ['Fickle', 'charged_back'],
    ['Late', 'failed'],
    ['Successful', 'paid_out'],
  ])('magic given name %s: %s', async (givenName, status) => {
    const { mandate } = sandbox.scenarios.addPayer({ givenName });
    const payment = sandbox.scenarios.addForeignPayment({ mandate: mandate.id, amount: 5000 });
    await clock.advanceDays(30);
    expect(payment.status).toBe(status);
  });

  test.each([
    ['Invalid', 'failed'],
    ['Expired', 'expired'],
    ['Switching', 'active'],
  ])('magic given name %s: mandate %s', async (givenName, status) => {
    const { mandate } = sandbox.scenarios.addPayer({ givenName, mandateStatus: 'pending_submission' });
    await clock.advanceDays(7);
    expect(mandate.status).toBe(status);
  });

  test('an unused mandate expires after thirteen months', async () => {
    const { mandate } = sandbox.scenarios.addPayer();
    await clock.advanceDays(390);
    expect(mandate.status).toBe('active');
    await clock.advanceDays(10);
    expect(mandate.status).toBe('expired');
  });

  test('the tax of a euro payout gets its rate the working day after', async () => {
    debit([], 10_000, 'sepa_core');
    await clock.advanceDays(14);
    expect(events().map(({ action }) => action)).toContain('tax_exchange_rates_confirmed');
    const [items = []] = [...sandbox.organisation.world.payoutItems.values()];
    expect(items[1]?.taxes[0]).toMatchObject({
      currency: 'EUR',
      destination_currency: 'GBP',
      exchange_rate: '0.86',
    });
  });
});

describe('payouts', () => {
  const outcome = fc.constantFrom<Outcome>(
    { kind: 'paid' },
    { kind: 'failed' },
    { kind: 'failed', willAttemptRetry: true },
    { kind: 'late_failure' },
    { kind: 'charged_back' },
  );

  test('property: items add up to the payout, and all payouts to what the debits left behind', async () => {
    const debits = fc.array(fc.record({ amount: fc.integer({ min: 100, max: 500_000 }), outcome }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(debits, async (wanted) => {
        const time = new SandboxClock({ start: START });
        const own = new GocardlessSandbox({ clock: time });
        for (const { amount, outcome: end } of wanted) {
          const { mandate } = own.scenarios.addPayer();
          own.scenarios.planNextPayment({ mandate: mandate.id, outcomes: [end] });
          own.scenarios.addForeignPayment({ mandate: mandate.id, amount });
        }
        // A last big debit lets a negative balance settle.
        for (let day = 0; day < 6; day += 1) {
          await time.advanceDays(7);
          const { mandate } = own.scenarios.addPayer();
          own.scenarios.addForeignPayment({ mandate: mandate.id, amount: 500_000 });
        }
        await time.advanceDays(30);
        const { payouts, payments, totals } = own.books();
        for (const { items, amount, deducted_fees: fees } of payouts) {
          const tenths = items.map((item) => Math.round(Number(item.amount) * 10));
          expect(items.every((item) => /^-?\d+\.\d$/.test(item.amount))).toBe(true);
          expect(amount).toBe(Math.round(tenths.reduce((sum, item) => sum + item, 0) / 10));
          const gross = items
            .filter(({ type }) => type !== 'gocardless_fee')
            .reduce((sum, item) => sum + Number(item.amount), 0);
          expect(amount + fees).toBe(gross);
        }
        const kept = payments
          .filter(({ status }) => status === 'paid_out')
          .reduce((sum, { amount }) => sum + amount, 0);
        const { payoutsNet = 0, payoutsFees = 0 } = totals['GBP'] ?? {};
        expect(payoutsNet + payoutsFees).toBe(kept);
        own.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test('a day run twice changes nothing', async () => {
    debit([]);
    await clock.advanceDays(7);
    const before = JSON.stringify(sandbox.state());
    await clock.advanceDays(0);
    expect(JSON.stringify(sandbox.state())).toBe(before);
  });

  test('a creditor that is not verified is not paid', async () => {
    sandbox.organisation.world.creditor().verification_status = 'in_review';
    const payment = debit([]);
    await clock.advanceDays(14);
    expect(payment.status).toBe('confirmed');
  });
});

describe('organisations', () => {
  test('tokens, data and endpoints are apart', () => {
    const other = sandbox.addOrganisation({ accessToken: 'second' });
    other.scenarios.addPayer();
    expect(sandbox.books().payments).toEqual([]);
    expect(other.world.mandates.all()).toHaveLength(1);
    expect(sandbox.organisation.world.mandates.all()).toEqual([]);
  });
});
