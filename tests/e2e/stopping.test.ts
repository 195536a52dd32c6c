import { describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { deliverEvents } from './harness/gocardless-delivery.ts';
import { debitsOf, writeInvoice } from './harness/invoices.ts';
import type { Ended } from './harness/mlc-process.ts';
import type { Role } from './harness/role.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { until } from './harness/until.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

/** Contract section 2. */
const STOP_MS_MAX = 25_000;

interface Stopped extends Ended {
  readonly stopMs: number;
}

async function stop(role: Role): Promise<Stopped> {
  const toldAt = performance.now();
  role.signal('SIGTERM');
  const ended = await role.ended;
  return { ...ended, stopMs: performance.now() - toldAt };
}

describe('SIGTERM with work in hand', () => {
  let business: TestBusiness;
  let ingress: Role;
  let worker: Role;

  const deployment = withDeployment(
    async ({ start, addBusiness, polled }) => {
      ingress = await start('ingress');
      business = await addBusiness();
      worker = await start('worker');
      await polled();
    },
    () => ({ queue: 'postgres' }),
  );

  test('a worker finishes what it has in hand, gives up what will not end, and exits 0 in time', async () => {
    const { sandbox, cli } = deployment();
    const create = { method: 'POST', path: /^\/payments$/ } as const;
    const short = sandbox.gocardless.faults.add({ kind: 'slow', ...create, delayMs: 1_500 });
    const endless = sandbox.gocardless.faults.add({ kind: 'slow', ...create, delayMs: 27_000 });
    const [first, second] = [writeInvoice(business), writeInvoice(business)];
    await until('both are in hand', () => short.struck + endless.struck === 2);

    const stopped = await stop(worker);
    expect(stopped).toMatchObject({ status: 0, signal: null });
    expect(stopped.stopMs).toBeLessThan(STOP_MS_MAX);
    expect([...debitsOf(first), ...debitsOf(second)]).toHaveLength(1);
    const collections = await cli.list('collections', 'list');
    expect(collections.map(({ state }) => state).sort()).toEqual(['pending_submission', 'planned']);
  });

  test('an ingress answers the webhook it is storing, and exits 0', async () => {
    const { database } = deployment();
    const blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE inbound_events IN ACCESS EXCLUSIVE MODE');
    const answer = deliverEvents(business, [{ id: 'EVLAST', action: 'created', payment: 'PMUNKNOWN' }]);
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
      AND query ILIKE '%inbound_events%'`;
    await until('the webhook is being stored', async () => (await blocker.query(waiting)).rowCount);
    const stopping = stop(ingress);
    const refused = async (): Promise<boolean> =>
      fetch(`${ingress.url}/livez`).then(
        () => false,
        () => true,
      );
    await until('nothing more is taken in', refused);
    await blocker.query('COMMIT');
    await blocker.end();
    expect(await answer).toEqual({ status: 200, body: { accepted: 1, duplicates: 0 } });
    const stopped = await stopping;
    expect(stopped.status).toBe(0);
    expect(stopped.stopMs).toBeLessThan(STOP_MS_MAX);
  });

  test('a console with a browser on it exits 0', async () => {
    const { start, place } = deployment();
    const console = await start('console');
    const authorization = `Bearer ${place.env['MLC_ADMIN_TOKEN'] ?? ''}`;
    // Node's fetch keeps the connection open, as browsers do.
    expect((await fetch(`${console.url}/queues`, { headers: { authorization } })).ok).toBe(true);
    const stopped = await stop(console);
    expect(stopped.status).toBe(0);
    expect(stopped.stopMs).toBeLessThan(STOP_MS_MAX);
  });

  test('what the worker gave up is taken up by the next one, with the same key', async () => {
    const { start, sandbox, settle } = deployment();
    sandbox.gocardless.faults.clear();
    await start('ingress');
    await start('worker');
    expect(await settle(100_000)).toMatchObject({ deadLetters: 0, events: { pending: 0 } });
    const { payments } = business.organisation.books();
    expect(payments.map(({ status }) => status)).toEqual(['pending_submission', 'pending_submission']);
  });
});
