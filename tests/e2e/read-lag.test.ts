import { describe, expect, jest, test } from '@jest/globals';
import type { EventView } from '@mlc/platform';
import type { PlacedFault } from '@mlc/sandbox';
import { standingOf, writeInvoice } from './harness/invoices.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { until } from './harness/until.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

const AMOUNT = '17.01';

describe("PayPal's read side is behind its webhooks", () => {
  let business: TestBusiness;

  const deployment = withDeployment(
    async ({ start, addBusiness, polled }) => {
      await start('ingress');
      business = await addBusiness();
      await start('worker');
      await polled();
    },
    () => ({ queue: 'postgres' }),
  );

  /** A client whose invoice is being debited pays it with PayPal; `shownFirst` answers the first look at the capture. */
  async function payBeforeItShows(shownFirst: (captureId: string) => readonly PlacedFault[]) {
    const { sandbox, settle } = deployment();
    const invoice = writeInvoice(business, { amount: AMOUNT });
    await settle();
    sandbox.paypal.deliveries.set({ paused: true });
    const { captureId } = business.merchant.scenarios.payerPays({
      amount: AMOUNT,
      invoiceId: invoice.number,
    });
    const faults = shownFirst(captureId);
    sandbox.paypal.deliveries.set({ paused: false });
    await until('the first look', () => faults.every(({ struck }) => struck === 1));
    expect(await settle()).toMatchObject({ parked: 0, deadLetters: 0, reviewsOpen: 0 });
    expect(standingOf(invoice)).toEqual({
      outstanding: '0.00',
      payments: [`${AMOUNT} PayPal`],
      debits: ['cancelled'],
    });
    return captureId;
  }

  test('no such capture at first: booked once, by itself, and not debited as well', async () => {
    const { sandbox, cli, settle } = deployment();
    const captureId = await payBeforeItShows((id) =>
      [`/v2/payments/captures/${id}`, `/v1/payments/sale/${id}`].map((path) =>
        sandbox.paypal.faults.add({ kind: 'status', status: 404, path, times: 1 }),
      ),
    );
    const events = await cli.list<EventView>('events', 'list');
    const told = events.filter(({ type }) => type === 'PAYMENT.CAPTURE.COMPLETED');
    expect(told.map(({ state }) => state)).toEqual(['done']);
    const [polled] = await cli.list('poll', '--provider', 'paypal');
    expect(polled).toMatchObject({ missing: 0, recovered: 0 });
    await settle();
    expect((await cli.list('postings', 'list')).filter(({ source }) => isOf(source, captureId))).toHaveLength(
      1,
    );
  });

  test('still pending at first: the same', async () => {
    const { sandbox } = deployment();
    await payBeforeItShows((id) => {
      const amount = { currency_code: 'GBP', value: AMOUNT };
      const body = { id, status: 'PENDING', amount, create_time: '2026-11-30T10:00:00Z', links: [] };
      const path = `/v2/payments/captures/${id}`;
      return [sandbox.paypal.faults.add({ kind: 'status', status: 200, path, body, times: 1 })];
    });
  });
});

function isOf(source: unknown, id: string): boolean {
  return (source as { readonly id?: string } | null)?.id === id;
}
