import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@mlc/sandbox';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { redisAvailable, startTestRedis, type TestRedis } from '@mlc/testkit/redis';
import { freePort } from '@mlc/testkit/setup/free-port';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, providerSettings } from './harness/business.ts';
import { build, mlc, type Role, startRole, until } from './harness/processes.ts';

jest.setTimeout(180_000);

const FLOWS = [
  'invoice-to-mandate',
  'payment-to-freshbooks',
  'payout-to-cashflow',
  'paypal-capture-to-freshbooks',
];

let database: TestDatabase;
let redis: TestRedis | undefined;
let sandbox: Sandbox;
let folder: string;
let env: Record<string, string>;
const roles = new Map<string, Role>();

async function startWorker(flow: string): Promise<void> {
  const port = await freePort();
  roles.set(flow, await startRole(['worker', '--flows', flow], { ...env, WORKER_PORT: String(port) }, port));
}

/** Which of two invoices is debited first is up to the workers. */
function byInvoice(rows: Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.toSorted((left, right) => Number(left['invoiceId']) - Number(right['invoiceId']));
}

/** Everything that can run has run, and what that sent back has been dealt with too. */
async function settle(): Promise<void> {
  const deliveries = () =>
    [sandbox.freshbooks, sandbox.gocardless, sandbox.paypal].reduce(
      (sum, { deliveries: { log } }) => sum + log.length,
      0,
    );
  for (;;) {
    await sandbox.idle();
    const before = deliveries();
    const drained = await mlc(['drain', '--timeout', '60'], env);
    expect(drained.status).toBe(0);
    await sandbox.idle();
    if (deliveries() === before) return;
  }
}

beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'mlc-e2e-'));
  await chmod(folder, 0o755);
  database = await createTestDatabase();
  redis = redisAvailable() ? await startTestRedis() : undefined;
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, paypalPort: 0 });
  const [ingress, consolePort] = [await freePort(), await freePort()];
  env = {
    ...(await providerSettings(sandbox, folder)),
    DATABASE_URL: database.url,
    ...(redis === undefined ? {} : { QUEUE_URL: redis.url }),
    MLC_DATA_DIR: folder,
    MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    MLC_ADMIN_TOKEN: 'scaled-out-admin-token',
    MLC_PUBLIC_URL: `http://127.0.0.1:${ingress}`,
    INGRESS_PORT: String(ingress),
    CONSOLE_PORT: String(consolePort),
    MLC_BACKOFF_BASE_MS: '50',
    MLC_SETTLE_DELAY_MS: '500',
    MLC_SWEEP_INTERVAL_S: '1',
    LOG_LEVEL: 'error',
  };
  const migrated = await mlc(['migrate'], env);
  if (migrated.status !== 0) throw new Error(migrated.err);
  roles.set('ingress', await startRole(['ingress'], env, ingress));
  roles.set('console', await startRole(['console'], env, consolePort));
  for (const flow of FLOWS) await startWorker(flow);
  await connect(sandbox, env, folder);
});

afterAll(async () => {
  await Promise.all([...roles.values()].map((role) => role.end('SIGKILL')));
  await sandbox.close();
  await redis?.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function invoice(email: string, amount: string): { id: number; number: string } {
  const desk = sandbox.freshbooks.desk();
  const client = desk.createClient({ email });
  return desk.createInvoice({ clientId: client.id, amount, dueInDays: 20 });
}

test('invoices become debits, debits and captures payments, a chargeback takes one back, over nine processes', async () => {
  sandbox.gocardless.scenarios.addPayer({ email: 'kept@client.test' });
  sandbox.gocardless.scenarios.addPayer({ email: 'back@client.test' });
  const kept = invoice('kept@client.test', '120.00');
  const back = invoice('back@client.test', '80.00');
  const paypal = invoice('paypal@client.test', '45.50');
  await settle();
  const collections = byInvoice((await mlc(['collections', 'list'], env)).lines);
  expect(collections).toMatchObject([
    {
      invoiceNumber: kept.number,
      amountMinor: 12000,
      currency: 'GBP',
      state: 'pending_submission',
      attempt: 1,
    },
    { invoiceNumber: back.number, amountMinor: 8000 },
  ]);
  const debitOf = (id: number): string =>
    String(collections.find((row) => row['invoiceId'] === String(id))?.['paymentId']);

  sandbox.gocardless.scenarios.payOutPayment({ payment: debitOf(kept.id) });
  sandbox.gocardless.scenarios.payOutPayment({ payment: debitOf(back.id) });
  sandbox.paypal.scenarios.payerPays({
    amount: '45.50',
    invoiceId: paypal.number,
    payerEmail: 'paypal@client.test',
  });
  await settle();
  sandbox.gocardless.scenarios.chargeBackPayment({ payment: debitOf(back.id) });
  await settle();

  const desk = sandbox.freshbooks.desk();
  expect(desk.invoice(kept.id).outstanding).toBe('0.00');
  expect(desk.invoice(back.id).outstanding).toBe('80.00');
  expect(desk.invoice(paypal.id).outstanding).toBe('0.00');
  expect(desk.credits()).toEqual([]);
  const postings = (await mlc(['postings', 'list'], env)).lines;
  expect(postings.map(({ kind, state }) => `${String(kind)} ${String(state)}`).sort()).toEqual([
    'payment posted',
    'payment posted',
    'payment reversed',
    'reversal posted',
  ]);
});

test('a worker killed in the middle and Redis emptied lose nothing and double nothing', async () => {
  const count = 12;
  const invoices = Array.from({ length: count }, (_, index) => {
    sandbox.gocardless.scenarios.addPayer({ email: `many-${index}@client.test` });
    return invoice(`many-${index}@client.test`, '10.00');
  });
  await until('the first debit is made', async () =>
    Promise.resolve(sandbox.gocardless.books().payments.length > 2),
  );
  await roles.get('invoice-to-mandate')?.end('SIGKILL');
  if (redis !== undefined) {
    await redis.kill();
    await redis.start();
  }
  await startWorker('invoice-to-mandate');
  await settle();
  const mine = new Set(invoices.map(({ id }) => String(id)));
  const debited = sandbox.gocardless
    .books()
    .payments.map((payment) => payment.metadata['freshbooks_invoice_id'] ?? '')
    .filter((invoiceId) => mine.has(invoiceId));
  expect(debited.sort()).toEqual([...mine].sort());
});

test('status and audit say so, and every role ends with 0 when told to', async () => {
  const [status] = (await mlc(['status'], env)).lines;
  expect(status).toMatchObject({ ready: true, deadLetters: 0, events: { pending: 0 } });
  const verdict = await mlc(['audit', 'verify'], env);
  expect(verdict).toMatchObject({ status: 0, lines: [{ ok: true }] });
  for (const [name, role] of roles) expect([name, await role.end('SIGTERM')]).toEqual([name, 0]);
});
