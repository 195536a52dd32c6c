import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

let stand: Stand;

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

interface Row {
  readonly transaction_info: {
    readonly transaction_id: string;
    readonly transaction_event_code: string;
    readonly transaction_status: string;
    readonly transaction_amount: { readonly currency_code: string; readonly value: string };
    readonly fee_amount?: { readonly value: string };
  };
}

const WINDOW = { start_date: '2026-11-01T00:00:00Z', end_date: '2026-11-30T23:59:59Z' };

/** Tokens live by the sandbox's clock too. */
async function later(days = 0.2): Promise<void> {
  await stand.sandbox.clock.advanceDays(days);
  stand.token = ((await stand.askToken()).body as { access_token: string }).access_token;
}

async function rows(query: Record<string, string> = {}): Promise<Row['transaction_info'][]> {
  const path = `/v1/reporting/transactions?${new URLSearchParams({ ...WINDOW, ...query }).toString()}`;
  const { body } = await stand.get(path);
  return (body as { transaction_details: Row[] }).transaction_details.map((row) => row.transaction_info);
}

const shown = async (query: Record<string, string> = {}): Promise<string[]> =>
  (await rows(query)).map(
    ({ transaction_event_code: code, transaction_status: status, transaction_amount: amount }) =>
      `${code} ${status} ${amount.value}`,
  );

/** Minor units by currency, of rows that move the balance. */
async function sums(): Promise<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const { transaction_amount: amount, fee_amount: fee } of await rows()) {
    const moved = Math.round(Number(amount.value) * 100) + Math.round(Number(fee?.value ?? 0) * 100);
    total[amount.currency_code] = (total[amount.currency_code] ?? 0) + moved;
  }
  return total;
}

async function balances(query: Record<string, string> = {}): Promise<Record<string, number>> {
  const { body } = await stand.get(`/v1/reporting/balances?${new URLSearchParams(query).toString()}`);
  const found = (body as { balances: { currency: string; total_balance: { value: string } }[] }).balances;
  return Object.fromEntries(
    found.map(({ currency, total_balance: total }) => [currency, Math.round(Number(total.value) * 100)]),
  );
}

describe('the balance', () => {
  it('is the sum of amounts and fees of all rows, whatever moved it', async () => {
    const { play } = stand;
    const first = play.payerPays({ amount: '100.00', platformFee: '2.00' }).captureId;
    play.refund({ captureId: first, feeReturned: '1.10' });
    const second = play.payerPays({ amount: '250.00' }).captureId;
    play.refund({ captureId: second, amount: '25.00', isPending: true });
    const { disputeId } = play.openDispute({ paymentId: second, channel: 'EXTERNAL', amount: '100.00' });
    play.resolveDispute({ disputeId });
    play.winChargeback({ captureId: second, amount: '100.00' });
    play.payerPays({ amount: '80.00', currency: 'USD', settlement: { currency: 'GBP', rate: '0.79' } });
    play.pendingPayment({ amount: '33.00' });
    play.declinedPayment({ amount: '44.00' });
    play.subscriptionSale({ amount: '9.99' });
    play.withdraw({ amount: '20.00', fee: '0.25' });
    play.moveBalance({ amount: '-14.00', code: 'T0106', about: second });
    await later();
    expect(await sums()).toEqual(await balances());
    expect(Number(stand.paypal.books().totals['GBP']?.balance) * 100).toBeCloseTo((await sums())['GBP'] ?? 0);
    expect(await shown({ transaction_type: 'T0113' })).toEqual(['T0113 S -2.00']);
    expect(await shown({ transaction_status: 'V' })).toEqual(['T0006 V 100.00']);
  });

  it('is known as it was, one currency or all', async () => {
    stand.play.payerPays({ amount: '10.00', fee: '0.50' });
    await later(1);
    stand.play.payerPays({ amount: '20.00', fee: '1.00', currency: 'EUR' });
    await later(1);
    expect(await balances()).toEqual({ GBP: 950, EUR: 1900 });
    expect(await balances({ currency_code: 'EUR' })).toEqual({ EUR: 1900 });
    expect(await balances({ as_of_time: '2026-11-02T23:59:59Z' })).toEqual({ GBP: 950 });
    expect(await balances({ as_of_time: '2026-11-02T00:00:00Z' })).toEqual({});
    const future = await stand.get('/v1/reporting/balances?as_of_time=2026-12-31T00:00:00Z');
    expect(future.body).toMatchObject({ as_of_time: expect.stringMatching(/^2026-11-04T06:/) });
    const old = await stand.get('/v1/reporting/balances?as_of_time=2020-12-31T00:00:00Z');
    const wrong = await stand.get('/v1/reporting/balances?as_of_time=2026-11-02');
    expect([old.status, wrong.status]).toEqual([400, 400]);
  });

  it('goes down by withdrawals once they are through', async () => {
    stand.play.payerPays({ amount: '100.00', fee: '3.20' });
    const byHand = stand.play.withdraw({ amount: '20.00' }).transactionId;
    const pending = stand.play.withdraw({ amount: '30.00', isAutomatic: true, isPending: true });
    await later();
    expect(await shown()).toEqual(['T0006 S 100.00', 'T0400 S -20.00']);
    expect(await shown({ balance_affecting_records_only: 'N', transaction_type: 'T0403' })).toEqual([
      'T0403 P -30.00',
    ]);
    stand.play.settleWithdrawal(pending);
    await later();
    expect(await shown({ transaction_type: 'T0403' })).toEqual(['T0403 S -30.00']);
    expect(await balances()).toEqual({ GBP: 4680 });
    expect(() => stand.play.settleWithdrawal({ transactionId: byHand })).toThrow('no pending withdrawal');
    expect(() => stand.play.moveBalance({ amount: '1.00', code: 'x' })).toThrow('code: T and four digits');
  });

  it('can be kept from an app without the feature', async () => {
    const statuses = async (): Promise<number[]> => [
      (await stand.get(`/v1/reporting/transactions?${new URLSearchParams(WINDOW).toString()}`)).status,
      (await stand.get('/v1/reporting/balances')).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    stand.paypal.settings.reportingForbidden = ['transactions'];
    expect(await statuses()).toEqual([403, 200]);
    stand.paypal.settings.reportingForbidden = ['balances', 'transactions'];
    expect(await statuses()).toEqual([403, 403]);
    const { body } = await stand.get('/v1/reporting/balances');
    expect(body).toMatchObject({ name: 'NOT_AUTHORIZED', details: [{ issue: 'PERMISSION_DENIED' }] });
  });
});
