import { describe, expect, jest, test } from '@jest/globals';
import type { ReviewView } from '@mlc/platform';
import { commandLine } from './harness/command-line.ts';
import { standingOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import type { TestBusiness } from './harness/test-business.ts';
import type { Deployment } from './harness/deployment.ts';
import { until } from './harness/until.ts';
import { withDeployment } from './harness/with-deployment.ts';
import { createZonedDatabase } from './harness/zoned-database.ts';

jest.setTimeout(120_000);

const SWEEPS = 3;
const MINUTE_MS = 60_000;
/** What waits is looked at again after 20 s at first, then after as long as it has waited. */
const RECHECK_MS_MAX = 60_000;

/** Commands whose output has moments or days in it. */
const SHOWN = [
  ['reviews', 'list', '--json'],
  ['postings', 'list', '--json'],
  ['audit', 'list', '--json'],
  ['status', '--json'],
];

/**
 * Moments of the database that are not of these minutes; what polling has read up to and appointments aside, and the migrations,
 * which are as old as the test run.
 */
async function momentsOff(pool: Deployment['database']['pool']): Promise<string[]> {
  const { rows: columns } = await pool.query<{ name: string; column: string }>(
    `SELECT table_name AS name, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type LIKE 'timestamp%' AND column_name NOT IN ('read_up_to', 'recheck_at') AND table_name <> '_prisma_migrations'`,
  );
  const off = [];
  for (const { name, column } of columns) {
    const far = `abs(extract(epoch FROM clock_timestamp() - "${column}")) > 600`;
    const { rowCount } = await pool.query(`SELECT FROM "${name}" WHERE ${far}`);
    if (rowCount !== 0) off.push(`${name}.${column}`);
  }
  return off;
}

describe.each(['Australia/Sydney', 'America/New_York'])('processes and a server in %s', (zone) => {
  let business: TestBusiness;
  let invoice: TestInvoice;

  const deployment = withDeployment(
    async ({ start, addBusiness, sandbox }) => {
      await start('ingress');
      business = await addBusiness();
      invoice = writeInvoice(business);
      await sandbox.idle();
    },
    async () => ({ queue: 'postgres', database: await createZonedDatabase(zone), settings: { TZ: zone } }),
  );

  /** Resolves when a sweep that began after this call has woken what was due: something that is due now was. */
  async function swept(): Promise<void> {
    const { pool } = deployment().database;
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
         correlation_id, flow, state, waiting_for, parked_since, recheck_at)
       SELECT business_id, id, provider, 'due.now', gen_random_uuid(), '', '{}', '', NULL, 'parked', 'a:sweep', now(), now()
       FROM connections WHERE provider = 'paypal' RETURNING id`,
    );
    await until('the next sweep', async () => {
      const left = await pool.query(`SELECT FROM inbound_events WHERE id = $1 AND state = 'parked'`, [
        rows[0]?.id,
      ]);
      return left.rowCount === 0;
    });
  }

  test('what waits for refused credentials waits, and the question about them is dated right', async () => {
    const { sandbox, cli, start, polled, settle } = deployment();
    const refused = sandbox.paypal.faults.add({
      kind: 'status',
      path: '/v1/oauth2/token',
      status: 401,
      times: 'always',
    });
    business.merchant.scenarios.payerPays({ amount: '120.00', invoiceId: invoice.number });
    await sandbox.idle();
    await start('worker');
    await polled();
    await until('the payment waits', async () => (await settle()).parked > 0);
    const calls = refused.matched;
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) await swept();
    expect(refused.matched).toBe(calls);

    const [review] = await cli.list<ReviewView>('reviews', 'list', '--state', 'open');
    expect(review).toMatchObject({ kind: 'reauthorise', subject: { provider: 'paypal' } });
    expect(Math.abs(Date.now() - Date.parse(review?.openedAt ?? ''))).toBeLessThan(MINUTE_MS);
  });

  test('with credentials again it is looked at when it is due, booked, and no moment is hours off', async () => {
    const { sandbox, settle, database } = deployment();
    sandbox.paypal.faults.clear();
    const isBooked = (): boolean => standingOf(invoice).payments.length > 0;
    await until('the payment is booked', isBooked, RECHECK_MS_MAX);
    await until('nothing waits', async () => (await settle()).parked === 0, RECHECK_MS_MAX);
    expect(standingOf(invoice)).toMatchObject({ outstanding: '0.00', payments: ['120.00 PayPal'] });
    expect(await momentsOff(database.pool)).toEqual([]);
  });

  test('every command prints the same bytes as in UTC', async () => {
    const { place } = deployment();
    const inUtc = commandLine({ ...place, env: { ...place.env, TZ: 'UTC' } });
    for (const command of SHOWN) {
      const [here, there] = [await deployment().cli.run(...command), await inUtc.run(...command)];
      expect(here).toMatchObject({ status: 0, err: '' });
      expect(there.out).toBe(here.out);
    }
  });
});
