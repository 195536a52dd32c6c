import { describe, expect, jest, test } from '@jest/globals';
import { FLOW_NAMES } from '@mlc/core';
import { redisAvailable } from '@mlc/testkit/redis';
import { applyFile, openBusiness, type TestBusiness } from './harness/test-business.ts';
import { createEmptyDatabase } from './harness/empty-database.ts';
import { debitOf, standingOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import type { Role } from './harness/role.ts';
import { AUDIT_ENTRY, COLLECTION, EVENT, POSTING, REVIEW, STATUS } from './harness/shapes.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

const describeOnRedis = redisAvailable() ? describe : describe.skip;

describeOnRedis('the scaled-out shape: every role a process of its own on shared Postgres and Redis', () => {
  let roles: Role[];
  let business: TestBusiness;
  let paid: TestInvoice;
  let chargedBack: TestInvoice;
  let failed: TestInvoice;
  let unmandated: TestInvoice;
  let byPaypal: TestInvoice;

  const deployment = withDeployment(
    async ({ cli, start }) => {
      // Every process of a release may run it at once.
      const migrations = await Promise.all([cli.document('migrate'), cli.document('migrate')]);
      expect(migrations).toContainEqual({ applied: [] });
      roles = await Promise.all([
        start('ingress'),
        start('console'),
        ...FLOW_NAMES.map((flow) => start('worker', '--flows', flow)),
      ]);
    },
    async () => ({ database: await createEmptyDatabase() }),
  );

  test('a business is applied, its webhooks registered with the handshake through the ingress', async () => {
    const { cli, place, sandbox } = deployment();
    business = openBusiness(sandbox);
    const applied = await applyFile(cli, place.cwd, business.file);
    const publicUrl = place.env['MLC_PUBLIC_URL'] ?? '';
    const { freshbooks, gocardless, paypal } = applied.connections;
    expect(applied).toEqual({
      business: business.slug,
      connections: {
        freshbooks: { id: freshbooks.id },
        gocardless: { id: gocardless.id },
        paypal: { id: paypal.id },
      },
      webhooks: {
        gocardless: `${publicUrl}/webhooks/gocardless/${gocardless.id}`,
        paypal: `${publicUrl}/webhooks/paypal/${paypal.id}`,
        freshbooks: expect.objectContaining({
          'invoice.create': `${publicUrl}/webhooks/freshbooks/${freshbooks.id}/invoice.create`,
        }),
      },
    });
    expect(await applyFile(cli, place.cwd, business.file)).toEqual(applied);

    // PayPal refuses addresses without https: as if it had been made on its pages.
    business.merchant.addWebhook({ url: applied.webhooks.paypal });
    const endpoints = await cli.list('webhooks', 'register');
    expect(endpoints).toContainEqual(
      expect.objectContaining({ provider: 'paypal', url: applied.webhooks.paypal, state: 'existing' }),
    );
    expect(endpoints).toContainEqual({
      provider: 'freshbooks',
      event: 'invoice.create',
      url: applied.webhooks.freshbooks['invoice.create'],
      state: 'created',
      id: expect.any(String),
    });
    expect(endpoints).toContainEqual(
      expect.objectContaining({ provider: 'gocardless', url: applied.webhooks.gocardless, state: 'manual' }),
    );
    const [secret = ''] = business.file.connections.gocardless.webhookSecrets;
    business.organisation.addEndpoint({ url: applied.webhooks.gocardless, secret });
    expect((await cli.list('ping')).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  test('invoices become debits, confirmed debits and captures become payments, a late failure and a chargeback take theirs back', async () => {
    paid = writeInvoice(business, { amount: '120.00' });
    chargedBack = writeInvoice(business, { amount: '19.99' });
    failed = writeInvoice(business, { amount: '2500.00' });
    unmandated = writeInvoice(business, { amount: '75.00', mandate: false });
    byPaypal = writeInvoice(business, { amount: '45.50', mandate: false });
    await deployment().settle();
    for (const invoice of [paid, chargedBack, failed]) {
      expect(standingOf(invoice)).toMatchObject({ payments: [], debits: ['pending_submission'] });
    }
    expect(standingOf(unmandated)).toEqual({ outstanding: '75.00', payments: [], debits: [] });

    const { scenarios } = business.organisation;
    business.merchant.scenarios.payerPays({ amount: '45.50', invoiceId: byPaypal.number });
    for (const invoice of [paid, chargedBack, failed])
      scenarios.confirmPayment({ payment: debitOf(invoice).id });
    await deployment().settle();
    expect(standingOf(paid)).toEqual({
      outstanding: '0.00',
      payments: ['120.00 Bank Transfer'],
      debits: ['confirmed'],
    });
    expect(standingOf(byPaypal)).toEqual({ outstanding: '0.00', payments: ['45.50 PayPal'], debits: [] });
    expect(standingOf(chargedBack)).toMatchObject({ outstanding: '0.00', payments: ['19.99 Bank Transfer'] });

    for (const invoice of [paid, chargedBack, failed])
      scenarios.payOutPayment({ payment: debitOf(invoice).id });
    scenarios.chargeBackPayment({ payment: debitOf(chargedBack).id });
    scenarios.failPayment({ payment: debitOf(failed).id });
    scenarios.repeatEvents({ last: 20 });
    await deployment().settle();
    expect(standingOf(paid)).toMatchObject({ payments: ['120.00 Bank Transfer'], debits: ['paid_out'] });
    expect(standingOf(chargedBack)).toEqual({ outstanding: '19.99', payments: [], debits: ['charged_back'] });
    expect(standingOf(failed)).toEqual({ outstanding: '2500.00', payments: [], debits: ['failed'] });
    expect(business.desk.credits()).toEqual([]);
  });

  test('mlc drain and status say that nothing is left to run', async () => {
    const { cli } = deployment();
    const drained = await cli.document('drain', '--timeout', '30');
    expect(drained).toEqual(STATUS);
    expect(drained).toMatchObject({ events: { pending: 0 }, deadLetters: 0, parked: 0, reviewsOpen: 1 });
    expect(await cli.document('status')).toEqual(drained);
  });

  test('the lists have the shapes of the contract', async () => {
    const { cli } = deployment();
    const [events, collections, postings, reviews] = await Promise.all([
      cli.list('events', 'list'),
      cli.list('collections', 'list'),
      cli.list('postings', 'list'),
      cli.list('reviews', 'list'),
    ]);
    expect(events.length).toBeGreaterThan(20);
    for (const event of events) expect(event).toEqual(EVENT);
    expect(new Set(events.map(({ externalEventId }) => externalEventId)).size).toBe(events.length);

    for (const collection of collections) expect(collection).toEqual(COLLECTION);
    expect(collections).toContainEqual(
      expect.objectContaining({
        invoiceId: String(chargedBack.id),
        invoiceNumber: chargedBack.number,
        amountMinor: 1999,
        currency: 'GBP',
        state: 'charged_back',
        attempt: 1,
      }),
    );
    for (const posting of postings) expect(posting).toEqual(POSTING);
    expect(postings.map(({ kind, state }) => `${String(kind)} ${String(state)}`).sort()).toEqual([
      'payment posted',
      'payment posted',
      'payment reversed',
      'payment reversed',
      'reversal posted',
      'reversal posted',
    ]);
    expect(reviews).toEqual([REVIEW, REVIEW]);
    const open = reviews.filter(({ state }) => state === 'open');
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({
      kind: 'no_mandate',
      subject: { provider: 'freshbooks', type: 'invoice', id: String(unmandated.id) },
      amountMinor: 7500,
    });
  });

  test('the audit log is whole and names every step', async () => {
    const { cli } = deployment();
    const entries = await cli.list('audit', 'list');
    for (const entry of entries)
      expect({ ...entry, correlationId: entry['correlationId'] ?? 'none' }).toEqual(AUDIT_ENTRY);
    expect(await cli.document('audit', 'verify')).toEqual({ ok: true, entries: entries.length });
    const actions = new Set(entries.map(({ action }) => action));
    for (const action of ['collection.planned', 'posting.intended', 'event.done'])
      expect(actions).toContain(action);
  });

  test('the console shows its queues to the admin token, and strangers the way in', async () => {
    const { place } = deployment();
    const board = `${place.env['MLC_CONSOLE_URL'] ?? ''}/queues`;
    const authorization = `Bearer ${place.env['MLC_ADMIN_TOKEN'] ?? ''}`;
    const stranger = await fetch(board, { redirect: 'manual' });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?to=%2Fqueues']);
    expect((await fetch(board, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await fetch(board, { headers: { authorization } })).status).toBe(200);
  });

  test('every role ends with 0 when it is told to', async () => {
    for (const role of roles) role.signal('SIGTERM');
    const ended = await Promise.all(roles.map((role) => role.ended));
    expect(ended.map(({ status }) => status)).toEqual(roles.map(() => 0));
  });
});
