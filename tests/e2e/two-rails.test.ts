import { describe, expect, jest, test } from '@jest/globals';
import type { ReviewView } from '@mlc/platform';
import { redisAvailable } from '@mlc/testkit/redis';
import { debitOf, standingOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

const INVOICES = 8;

const describeOnRedis = redisAvailable() ? describe : describe.skip;

describeOnRedis('an invoice paid by debit and by PayPal at once, two workers', () => {
  let business: TestBusiness;

  const deployment = withDeployment(async ({ start, addBusiness, polled }) => {
    await start('ingress');
    business = await addBusiness();
    await Promise.all([start('worker'), start('worker')]);
    await polled();
  });

  /** The debit is confirmed and the client pays by PayPal as well, before anybody heard of either. */
  function payTwice(invoice: TestInvoice): { debit: string; capture: string } {
    const debit = debitOf(invoice).id;
    business.organisation.scenarios.confirmPayment({ payment: debit });
    const payment = { amount: '120.00', invoiceId: invoice.number };
    return { debit, capture: business.merchant.scenarios.payerPays(payment).captureId };
  }

  test('one of them is booked, the other one is asked about, none becomes a client credit', async () => {
    const { cli, settle } = deployment();
    const invoices = Array.from({ length: INVOICES }, () => writeInvoice(business));
    await settle();
    const paid = invoices.map((invoice) => ({ invoice, ...payTwice(invoice) }));
    expect(await settle()).toMatchObject({ deadLetters: 0, parked: 0 });

    const open = await cli.list<ReviewView>('reviews', 'list', '--state', 'open');
    const askedAbout = (kind: string): string[] =>
      open.filter((review) => review.kind === kind).map(({ subject }) => subject.id);
    for (const { invoice, debit, capture } of paid) {
      const { outstanding, payments } = standingOf(invoice);
      expect(outstanding).toBe('0.00');
      expect(['120.00 PayPal', '120.00 Bank Transfer']).toContain(payments.join());
      const isByPaypal = payments.join() === '120.00 PayPal';
      const tooMany = askedAbout('overpayment').filter((id) => id === debit || id === capture);
      expect(tooMany).toEqual([isByPaypal ? debit : capture]);
      // PayPal first: at that moment the debit was already beyond cancelling, which may be said as well.
      if (!isByPaypal) expect(askedAbout('double_payment_risk')).not.toContain(String(invoice.id));
    }
    expect(business.desk.credits()).toEqual([]);
    expect(new Set(open.map(({ kind }) => kind))).toEqual(
      new Set(open.map(({ kind }) => (kind === 'double_payment_risk' ? kind : 'overpayment'))),
    );
  });
});
