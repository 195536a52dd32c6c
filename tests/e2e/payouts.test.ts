import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { PayoutView, ReviewView } from '@mlc/platform';
import { debitOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import { PAYOUT } from './harness/shapes.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(180_000);

/** Entries of the ledger, summed for comparison. */
interface Sum {
  readonly account: string;
  readonly currency: string;
  readonly minor: string;
}

describe('payouts, from webhook to command line', () => {
  const deployment = withDeployment(
    ({ start }) => Promise.all([start('ingress'), start('worker')]),
    () => ({ queue: 'postgres' }),
  );
  let business: TestBusiness;

  beforeAll(async () => {
    business = await deployment().addBusiness();
  });

  const play = () => business.organisation.scenarios;
  const payouts = () => deployment().cli.list<PayoutView>('payouts', 'list', '--business', business.slug);
  const questions = async () => {
    const own = ['list', '--business', business.slug, '--state', 'open'];
    const open = await deployment().cli.list<ReviewView>('reviews', ...own);
    // Which of two is asked first is up to the workers.
    return open
      .filter(({ kind }) => kind !== 'webhooks_silent')
      .toSorted((left, right) => (left.kind < right.kind ? -1 : 1));
  };

  async function collect(amount: string): Promise<TestInvoice> {
    const invoice = writeInvoice(business, { amount });
    await deployment().settle();
    play().confirmPayment({ payment: debitOf(invoice).id });
    return invoice;
  }

  async function balances(): Promise<Record<string, bigint>> {
    const { pool } = deployment().database;
    const { rows } = await pool.query<Sum>(
      `SELECT account, currency, sum(minor)::text AS minor FROM (
         SELECT business_id, debit AS account, currency, amount_minor AS minor FROM ledger_entries
         UNION ALL SELECT business_id, credit, currency, -amount_minor FROM ledger_entries
       ) moved JOIN businesses ON businesses.id = moved.business_id WHERE businesses.slug = $1
       GROUP BY account, currency HAVING sum(minor) <> 0`,
      [business.slug],
    );
    return Object.fromEntries(
      rows.map(({ account, currency, minor }) => [`${account} ${currency}`, BigInt(minor)]),
    );
  }

  const CLEARING = 'assets:clearing:gocardless GBP';

  test('two invoices, their fees and a payment of somebody else are explained to the penny', async () => {
    const [first, second] = [await collect('200.00'), await collect('33.33')];
    await deployment().settle();
    const { mandate } = play().addPayer({ email: 'somebody@else.test' });
    const foreign = play().addForeignPayment({ mandate: mandate.id, amount: 7_777 });
    play().payOutPayment({ payment: foreign.id });
    play().payOutPayment({ payment: debitOf(first).id });
    play().payOutPayment({ payment: debitOf(second).id });
    await deployment().settle();

    const listed = await payouts();
    const told = business.organisation.books().payouts;
    expect(listed).toHaveLength(told.length);
    for (const payout of listed) expect(payout).toEqual(PAYOUT);
    for (const { id, amount, deducted_fees: fees, items } of told)
      expect(listed.find(({ payoutId }) => payoutId === id)).toMatchObject({
        netMinor: amount,
        feesMinor: fees,
        grossMinor: amount + fees,
        items: items.length,
        state: 'paid',
      });
    expect(listed.reduce((sum, { unexplainedMinor }) => sum + unexplainedMinor, 0)).toBe(7_777);
    expect(await questions()).toMatchObject([
      { kind: 'payout_unexplained', subject: { type: 'payout' }, amountMinor: 7_777 },
      { kind: 'unmatched_payment', subject: { id: foreign.id } },
    ]);
    expect((await balances())[CLEARING] ?? 0n).toBe(0n);
  });

  test('a late failure and a refund come off the next payout; the refund is asked about', async () => {
    const [late, refunded, good] = [await collect('150.00'), await collect('80.00'), await collect('500.00')];
    await deployment().settle();
    play().payOutPayment({ payment: debitOf(late).id });
    play().payOutPayment({ payment: debitOf(refunded).id });
    await deployment().settle();
    play().failPayment({ payment: debitOf(late).id });
    const refund = play().refundPayment({ payment: debitOf(refunded).id, amount: 1_000 });
    play().payOutPayment({ payment: debitOf(good).id });
    await deployment().settle();

    expect((await balances())[CLEARING] ?? 0n).toBe(0n);
    expect(await questions()).toContainEqual(
      expect.objectContaining({
        kind: 'refund',
        subject: { provider: 'gocardless', type: 'refund', id: refund.id },
        amountMinor: 1_000,
      }),
    );
    play().bounceRefund({ refund: refund.id });
    play().payOut();
    await deployment().settle();
    expect((await questions()).map(({ kind }) => kind)).not.toContain('refund');
    expect((await balances())[CLEARING] ?? 0n).toBe(0n);
  });

  test('an exchanged payout waits parked for its rate; the bank sends it back', async () => {
    play().useFxPayouts({ currency: 'EUR' });
    const invoice = await collect('60.00');
    await deployment().settle();
    play().payOutPayment({ payment: debitOf(invoice).id });
    expect(await deployment().settle()).toMatchObject({ parked: 1 });
    const pending = (await payouts()).find(({ state }) => state === 'pending');
    expect(pending).toMatchObject({ arrivalDate: null, items: 2 });

    play().confirmExchangeRate({ payout: pending?.payoutId ?? '' });
    expect(await deployment().settle()).toMatchObject({ parked: 0 });
    const arrived = await balances();
    expect(arrived[CLEARING] ?? 0n).toBe(0n);
    expect(arrived['assets:bank EUR']).toBeGreaterThan(0n);

    play().bouncePayout({ payout: pending?.payoutId ?? '' });
    await deployment().settle();
    const returned = await balances();
    expect(returned['assets:bank EUR']).toBeUndefined();
    expect(returned['equity:conversion GBP']).toBeUndefined();
    expect(returned[CLEARING]).toBe(BigInt(pending?.netMinor ?? 0));
    expect((await payouts()).find(({ payoutId }) => payoutId === pending?.payoutId)?.state).toBe('bounced');
    play().useFxPayouts({ currency: null });
  });

  test('items that do not add up are asked about, and booked once they do', async () => {
    const before = await balances();
    business.organisation.settings.payoutItemsOffMinor = 5;
    const invoice = await collect('70.00');
    await deployment().settle();
    play().payOutPayment({ payment: debitOf(invoice).id });
    await deployment().settle();
    const wrong = (await questions()).find(({ reasons }) => reasons.join().includes('add up'));
    expect(wrong).toMatchObject({ kind: 'payout_unexplained' });
    expect((await balances())['assets:bank GBP']).toBe(before['assets:bank GBP']);

    business.organisation.settings.payoutItemsOffMinor = 0;
    const id = wrong?.id ?? '';
    await deployment().cli.document('reviews', 'resolve', id, '--business', business.slug, '--action', 'retry', '--note', 'again'); // prettier-ignore
    await deployment().settle();
    expect(await balances()).toMatchObject({ [CLEARING]: before[CLEARING] });
    expect((await questions()).map((review) => review.id)).not.toContain(id);
    const { ok } = await deployment().cli.document('audit', 'verify', '--business', business.slug);
    expect(ok).toBe(true);
  });
});
