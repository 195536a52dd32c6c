import { describe, expect, jest, test } from '@jest/globals';
import type { CollectionView, EventView, PostingView, ReviewView, Status } from '@mlc/platform';
import { debitOf, debitsOf, standingOf, writeInvoice } from './harness/invoices.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(180_000);

interface Switched {
  readonly business: string;
  readonly mode: string;
  readonly released: number;
}

describe('a business that begins in observe, and a worker that runs all the time', () => {
  let business: TestBusiness;

  const deployment = withDeployment(
    async ({ start, addBusiness, polled }) => {
      await start('ingress');
      // As a new business is: the file does not say a mode.
      business = await addBusiness({ mode: undefined });
      await start('worker');
      await polled();
    },
    () => ({ queue: 'postgres' }),
  );

  /** Events that wait for go-live. */
  async function held(): Promise<EventView[]> {
    const events = await deployment().cli.list<EventView>('events', 'list');
    return events.filter(({ state }) => state === 'parked');
  }

  test('decides and writes nothing; going live lets it, pausing stops it, each at once', async () => {
    const { cli, settle } = deployment();
    const first = writeInvoice(business);
    const paid = writeInvoice(business);
    expect(await settle()).toMatchObject({ deadLetters: 0, reviewsOpen: 0 });
    const waiting = await held();
    const types = new Set(waiting.map(({ type }) => type));
    expect(types).toEqual(new Set(['invoice.create', 'client.create']));
    expect([...debitsOf(first), ...debitsOf(paid)]).toEqual([]);
    expect(await cli.list<CollectionView>('collections', 'list')).toEqual([]);
    expect(await cli.document<Status>('status')).toMatchObject({ parked: waiting.length });

    const refused = await cli.run('go-live');
    expect(refused).toMatchObject({ status: 2, out: '' });
    expect(refused.err).toContain('--yes');
    expect(await held()).toEqual(waiting);

    business.desk.recordPayment({ invoiceId: paid.id, amount: '120.00' });
    expect(await cli.document<Switched>('go-live', '--yes')).toEqual({
      business: business.slug,
      mode: 'live',
      released: waiting.length,
    });
    await settle();
    expect(debitsOf(first)).toHaveLength(1);
    expect(debitsOf(paid)).toEqual([]);
    expect(await held()).toEqual([]);

    expect(await cli.document<Switched>('observe')).toMatchObject({ mode: 'observe', released: 0 });
    const second = writeInvoice(business);
    business.organisation.scenarios.confirmPayment({ payment: debitOf(first).id });
    await settle();
    expect(debitsOf(second)).toEqual([]);
    expect(await cli.document('preview')).toMatchObject({
      collections: [{ invoiceNumber: second.number, amountMinor: 12_000 }],
      totals: [
        { currency: 'GBP', collections: 1, collectionsMinor: 12_000, payments: 1, paymentsMinor: 12_000 },
      ],
      postings: [
        {
          kind: 'payment',
          invoiceId: String(first.id),
          invoiceNumber: first.number,
          source: { provider: 'gocardless', id: debitOf(first).id },
          amountMinor: 12_000,
          currency: 'GBP',
        },
      ],
      cancellations: [],
    });
    // Paid by hand meanwhile: what waits would be a question now, and is one again no more once that is taken back.
    const byHand = business.desk.recordPayment({ invoiceId: first.id, amount: '120.00' });
    expect(await cli.document('preview')).toMatchObject({
      postings: [],
      obstacles: [{ kind: 'overpayment', subject: { id: debitOf(first).id } }],
    });
    business.desk.deletePayment(byHand.id);
    await settle();
    expect(standingOf(first).payments).toEqual([]);
    // The debit under way was followed all the same.
    expect(await cli.list<CollectionView>('collections', 'list')).toMatchObject([{ state: 'confirmed' }]);
    expect(await cli.list<PostingView>('postings', 'list')).toEqual([]);

    await cli.document('go-live', '--yes');
    await settle();
    expect(debitsOf(second)).toHaveLength(1);
    expect(standingOf(first).payments).toEqual(['120.00 Bank Transfer']);
    expect(await cli.list<ReviewView>('reviews', 'list', '--state', 'open')).toEqual([]);
  });
});
