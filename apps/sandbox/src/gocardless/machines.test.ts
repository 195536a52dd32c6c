import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { feeOf, inTenths, toMinor } from './fees.ts';
import { listPage } from './listing.ts';
import { MANDATE_STEPS } from './mandate-machine.ts';
import { PAYMENT_STEPS } from './payment-machine.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { nominalDate } from './subscription-dates.ts';
import { signWebhook } from './webhook-desk.ts';

describe('state tables', () => {
  test('only a failed payment goes again, only a pending one is cancelled', () => {
    const from = (action: string): string[] =>
      Object.entries(PAYMENT_STEPS)
        .filter(([, steps]) => action in steps)
        .map(([status]) => status);
    expect(from('resubmission_requested')).toEqual(['failed']);
    expect(from('cancelled')).toEqual(['pending_customer_approval', 'pending_submission']);
    expect(from('failed')).toEqual(['pending_submission', 'submitted', 'confirmed', 'paid_out']);
    expect(from('charged_back')).toEqual(['paid_out']);
  });

  test('every target of a step is a status with a row of its own', () => {
    const tables: readonly Readonly<Record<string, Readonly<Record<string, string>>>>[] = [
      PAYMENT_STEPS,
      MANDATE_STEPS,
    ];
    for (const steps of tables) {
      const reached = Object.values(steps).flatMap((row) => Object.values(row));
      expect(Object.keys(steps)).toEqual(expect.arrayContaining(reached));
    }
    expect(Object.values(MANDATE_STEPS.pending_submission)).not.toContain('replaced');
  });
});

describe('fees', () => {
  test("support's example: 200.00 costs 2.20 and 0.44 VAT", () => {
    expect(feeOf(20_000, DEFAULT_SETTINGS.fees)).toEqual({ net: 2200, tax: 440 });
    expect(inTenths(-2640)).toBe('-264.0');
  });

  test('property: tenths are written and read back exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (tenths) => {
        expect(Math.round(Number(inTenths(tenths)) * 10)).toBe(tenths);
        expect(Math.abs(toMinor(tenths) * 10 - tenths)).toBeLessThanOrEqual(5);
      }),
    );
  });

  test('property: a fee is never negative nor above its cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000_000 }), (amount) => {
        const { net, tax } = feeOf(amount, DEFAULT_SETTINGS.fees);
        expect(net).toBeGreaterThan(0);
        expect(net).toBeLessThanOrEqual(4000);
        expect(tax).toBe(Math.round(net / 5));
      }),
    );
  });
});

describe('pages', () => {
  test('property: following the cursors visits every row once, newest first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, limit) => {
        const rows = Array.from({ length: count }, (_, place) => ({ id: `X${place}`, created_at: '' }));
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const query: Record<string, string> =
            after === null ? { limit: `${limit}` } : { limit: `${limit}`, after };
          const page = listPage({ rows: () => [...rows], filters: {} }, query);
          seen.push(...page.rows.map(({ id }) => id));
          after = page.meta.cursors.after;
        } while (after !== null);
        expect(seen).toEqual(rows.map(({ id }) => id).reverse());
      }),
    );
  });
});

test('the months of a subscription are clipped and never drift', () => {
  const monthly = {
    start_date: '2026-01-31',
    interval: 1,
    interval_unit: 'monthly' as const,
    day_of_month: null,
  };
  expect([0, 1, 2, 3].map((index) => nominalDate(monthly, index))).toEqual([
    '2026-01-31',
    '2026-02-28',
    '2026-03-31',
    '2026-04-30',
  ]);
  expect(nominalDate({ ...monthly, day_of_month: 15 }, 0)).toBe('2026-02-15');
  expect(nominalDate({ ...monthly, interval_unit: 'yearly' }, 1)).toBe('2027-01-31');
  expect(nominalDate({ ...monthly, interval_unit: 'weekly', interval: 2 }, 1)).toBe('2026-02-14');
});

test('the signature vectors of the provider notes (4.2)', () => {
  const v2 =
    '{"events":[{"id":"EVTESTNE86TNZS","created_at":"2017-03-20T17:57:02.292Z","resource_type":"payments","action":"failed","links":{"payment":"index_ID_123"},"details":{"origin":"bank","cause":"test_failure","scheme":"sepa_core","reason_code":"TEST","description":"GoCardless has marked this payment as failed in sandbox to enable testing of payment failure webhooks."},"metadata":{}}]}\n';
  expect(signWebhook('testing', v2)).toBe('243f3efa57743c24eec7c5e10edc475b547830d256d5b583745afe319dd90936');
  expect(
    signWebhook('ED7D658C-D8EB-4941-948B-3973214F2D49', '{"events":[],"meta":{"webhook_id":"WB123"}}'),
  ).toBe('d64d57e1662cd51425bd14f7d0c7dd2e489fddb1a00b80ccf37ab0f7eaed1837');
});
