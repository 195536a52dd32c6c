import { describe, expect, jest, test } from '@jest/globals';
import type { CollectionView, PostingView, ReviewView } from '@mlc/platform';
import { debitOf, debitsOf, standingOf, writeInvoice } from './harness/invoices.ts';
import type { Role } from './harness/role.ts';
import { applyFile, connectBusiness, type TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(180_000);

describe('the same business file under a second name', () => {
  let business: TestBusiness;
  let roles: Role[];

  const deployment = withDeployment(
    async ({ start, addBusiness, polled }) => {
      const ingress = await start('ingress');
      business = await addBusiness();
      roles = [ingress, await start('worker')];
      await polled();
    },
    () => ({ queue: 'postgres' }),
  );

  const renamed = (): TestBusiness => ({ ...business, slug: 'second-name', file: fileNamed('second-name') });
  const fileNamed = (name: string) => ({ ...business.file, business: name });

  /** The database is lost while nothing runs; what replaces it has the schema and nothing else. */
  async function loseDatabase(): Promise<void> {
    for (const role of roles) role.signal('SIGTERM');
    await Promise.all(roles.map(({ ended }) => ended));
    const client = await deployment().database.pool.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `SELECT format('%I', tablename) AS name FROM pg_tables
         WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
      );
      // The audit log refuses to be emptied as long as its triggers are heard.
      await client.query(`SET session_replication_role = replica`);
      await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')} CASCADE`);
      await client.query(`SET session_replication_role = origin`);
    } finally {
      client.release();
    }
  }

  test('beside the first it is refused; on an emptied database no money moves a second time', async () => {
    const { cli, place, start, settle, polled } = deployment();
    const waiting = writeInvoice(business);
    const booked = writeInvoice(business);
    const captured = writeInvoice(business);
    await settle();
    business.organisation.scenarios.confirmPayment({ payment: debitOf(booked).id });
    business.merchant.scenarios.payerPays({ amount: '120.00', invoiceId: captured.number });
    await settle();
    const before = [waiting, booked, captured].map(standingOf);
    expect(before).toMatchObject([
      { outstanding: '120.00', payments: [], debits: ['pending_submission'] },
      { outstanding: '0.00', payments: ['120.00 Bank Transfer'] },
      { outstanding: '0.00', payments: ['120.00 PayPal'] },
    ]);

    await expect(applyFile(cli, place.cwd, fileNamed('second-name'))).rejects.toThrow(
      new RegExp(`ended with 1: .*${business.slug}`, 's'),
    );
    await loseDatabase();
    await start('ingress');
    const over = await connectBusiness(cli, place.cwd, renamed());
    await start('worker');
    await polled();
    await settle();
    await cli.list('poll');
    await settle();
    expect([waiting, booked, captured].map(standingOf)).toEqual(before);

    // The old debit is followed, and booked once, by the installation that did not make it.
    business.organisation.scenarios.confirmPayment({ payment: debitOf(waiting).id });
    business.desk.editInvoice(captured.id, { notes: 'Thank you.' });
    await settle();
    expect(standingOf(waiting)).toMatchObject({ outstanding: '0.00', payments: ['120.00 Bank Transfer'] });
    expect([waiting, booked].map((invoice) => debitsOf(invoice).length)).toEqual([1, 1]);
    expect(standingOf(captured)).toEqual(before[2]);
    expect(business.desk.credits()).toEqual([]);
    const own = ['--business', over.slug];
    expect(await cli.list<ReviewView>('reviews', 'list', ...own, '--state', 'open')).toEqual([]);
    expect(await cli.list<CollectionView>('collections', 'list', ...own)).toEqual(
      expect.arrayContaining([expect.objectContaining({ paymentId: debitOf(waiting).id })]),
    );
    const postings = await cli.list<PostingView>('postings', 'list', ...own);
    expect(postings.filter(({ invoiceId }) => invoiceId === String(waiting.id))).toHaveLength(1);
  });
});
