import { describe, expect, jest, test } from '@jest/globals';
import type { EventView } from '@mlc/platform';
import { deliverEvents, type SentEvent } from './harness/gocardless-delivery.ts';
import { debitOf, standingOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import { DEAD_LETTER } from './harness/shapes.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

/** GoCardless's limit for one delivery. */
const BATCH = 250;
const REAL = 10;
/**
 * Of those in the delivery: payments that GoCardless has no idea of. Each is asked for four times before it is parked, and
 * all together within what GoCardless allows in a minute. The rest is about what no flow follows.
 */
const UNKNOWN = 80;
const MAX_ATTEMPTS = 2;

describe('failing well', () => {
  let business: TestBusiness;
  let invoices: TestInvoice[];
  let poison: TestInvoice;
  let letterId: string;

  const deployment = withDeployment(
    async ({ start, addBusiness, polled }) => {
      await start('ingress');
      business = await addBusiness();
      await start('worker');
      await polled();
    },
    () => ({ queue: 'postgres', settings: { MLC_MAX_ATTEMPTS: String(MAX_ATTEMPTS) } }),
  );

  const paymentOf = (invoice: TestInvoice): string => debitOf(invoice).id;

  test('a provider that says "too many requests" for longer than there are attempts is waited for', async () => {
    const { sandbox, settle } = deployment();
    sandbox.freshbooks.faults.add({ kind: 'rate-limit', path: '/invoices/', times: MAX_ATTEMPTS + 1 });
    const invoice = writeInvoice(business);
    expect(await settle()).toMatchObject({ deadLetters: 0, parked: 0 });
    expect(standingOf(invoice).debits).toEqual(['pending_submission']);
  });

  test('one poison event in a delivery of 250 loses only itself', async () => {
    const { sandbox, cli, settle } = deployment();
    invoices = Array.from({ length: REAL }, () => writeInvoice(business));
    poison = writeInvoice(business);
    await settle();
    // From here on only what this test delivers tells of the payments.
    sandbox.gocardless.deliveries.set({ drop: 'always' });
    for (const invoice of [...invoices, poison]) {
      business.organisation.scenarios.confirmPayment({ payment: paymentOf(invoice) });
    }
    const path = `/payments/${paymentOf(poison)}`;
    sandbox.gocardless.faults.add({ kind: 'status', method: 'GET', path, status: 403, times: 'always' });

    const payments = [...invoices, poison].map(paymentOf);
    const events = Array.from({ length: BATCH }, (_, index): SentEvent => {
      const event = { id: `EVBATCH${index}`, payment: payments[index] ?? `PMUNKNOWN${index}` };
      if (index >= payments.length + UNKNOWN)
        return { ...event, action: 'completed', resourceType: 'exports' };
      return { ...event, action: 'confirmed' };
    });
    expect(await deliverEvents(business, events)).toEqual({
      status: 200,
      body: { accepted: BATCH, duplicates: 0 },
    });
    // What GoCardless does not know is waited for: it may be behind its own webhooks.
    expect(await settle()).toMatchObject({ deadLetters: 1, parked: UNKNOWN, events: { pending: 0 } });
    expect(invoices.map((invoice) => standingOf(invoice).outstanding)).toEqual(invoices.map(() => '0.00'));
    expect(standingOf(poison).payments).toEqual([]);

    const ofBatch = (await cli.list<EventView>('events', 'list')).filter(({ externalEventId }) =>
      externalEventId.startsWith('EVBATCH'),
    );
    expect(ofBatch).toHaveLength(BATCH);
    const dead = ofBatch.filter(({ state }) => state === 'dead');
    expect(dead.map(({ externalEventId }) => externalEventId)).toEqual([`EVBATCH${REAL}`]);
    expect(await deliverEvents(business, events)).toMatchObject({
      body: { accepted: 0, duplicates: BATCH },
    });
  });

  test('its dead letter is listed, shown with the call that failed, and nothing of our credentials', async () => {
    const { cli } = deployment();
    const letters = await cli.list('dead-letters', 'list');
    expect(letters).toEqual([DEAD_LETTER]);
    const [letter] = letters;
    expect(letter).toMatchObject({ flow: 'payment-to-freshbooks', failureKind: 'rejected', attempts: 1 });
    letterId = String(letter?.['id']);
    const shown = await cli.run('dead-letters', 'show', letterId, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ ...letter, event: { externalEventId: `EVBATCH${REAL}` } });
    expect(shown.out).toContain(paymentOf(poison));
    expect(shown.out).not.toContain(business.file.connections.gocardless.accessToken);
  });

  test('replayed while the cause is there it dies again; replayed afterwards it does its work', async () => {
    const { sandbox, cli, settle } = deployment();
    expect(await cli.document('dead-letters', 'replay', letterId)).toEqual({ replayed: 1 });
    expect(await settle()).toMatchObject({ deadLetters: 1 });

    sandbox.gocardless.faults.clear();
    expect(await cli.document('dead-letters', 'replay', '--all')).toEqual({ replayed: 1 });
    expect(await settle()).toMatchObject({ deadLetters: 0 });
    expect(await cli.list('dead-letters', 'list')).toEqual([]);
    expect(standingOf(poison)).toMatchObject({ outstanding: '0.00', payments: ['120.00 Bank Transfer'] });

    const again = await cli.run('dead-letters', 'replay', letterId);
    expect(again).toMatchObject({ status: 1, err: expect.stringContaining(letterId) });
  });
});
