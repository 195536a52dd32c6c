import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Database, openDatabase, repositoriesOn, systemClock } from '@mlc/platform';
import { openLocks } from '@mlc/platform/locks/locks';
import { type Sandbox, SANDBOX_BUSINESS, startSandbox } from '@mlc/sandbox';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { until } from '@mlc/testkit/flow-engine';
import { mlc } from './main.ts';
import { quietLog } from './quiet-log.ts';

jest.setTimeout(90_000);

let testDatabase: TestDatabase;
let database: Database;
let sandbox: Sandbox;
let cwd: string;
let env: Record<string, string>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0 });
  cwd = await mkdtemp(join(tmpdir(), 'mlc-policy-'));
  env = {
    DATABASE_URL: testDatabase.url,
    MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    MLC_PUBLIC_URL: 'https://hooks.test',
    FRESHBOOKS_API_URL: sandbox.urls.freshbooks,
    FRESHBOOKS_CLIENT_ID: 'sandbox-client',
    FRESHBOOKS_CLIENT_SECRET: 'sandbox-secret',
    FRESHBOOKS_REDIRECT_URI: 'https://console.test/back',
    LOG_LEVEL: 'error',
  };
});

/** An account belongs to one business: those of earlier tests leave the sandbox's to the next one. */
beforeEach(async () => {
  await database.pool.query(
    `UPDATE connections SET settings = jsonb_set(settings, '{accountId}', to_jsonb(id))`,
  );
});

afterAll(async () => {
  await database.close();
  await sandbox.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

async function run(args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const status = await mlc(args, {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env,
    cwd,
  });
  return { status, out, err };
}

interface Wanted {
  readonly policy: object;
  readonly connection?: object;
  readonly scopes?: readonly string[];
  /** 0: FreshBooks refuses the access token at once. */
  readonly expiresInSeconds?: number;
}

function fileOf(business: string, { policy, connection = {}, ...grant }: Wanted) {
  const tokens = sandbox.freshbooks.seedTokens(grant);
  const freshbooks = {
    accountId: SANDBOX_BUSINESS.accountId,
    businessUuid: SANDBOX_BUSINESS.businessUuid,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: '2099-01-01T00:00:00Z',
    ...connection,
  };
  return { business, timezone: 'Europe/London', connections: { freshbooks }, policy };
}

async function apply(content: object): Promise<{ status: number; out: string; err: string }> {
  await writeFile(join(cwd, 'file.json'), JSON.stringify(content));
  return run(['apply', '-f', 'file.json']);
}

const isThere = async (slug: string) => (await database.prisma.business.count({ where: { slug } })) === 1;
const account = (name: string) =>
  [...sandbox.freshbooks.desk().books.chart.values()].find((row) => row.name === name)?.uuid ?? '';
const journalAccounts = () => ({
  bankAccountUuid: account('Bank'),
  clearingAccountUuid: account('GoCardless Clearing'),
  feeAccountUuid: account('Payment Processing Fees'),
});
const NOWHERE = '11111111-0000-4000-8000-000000000009';

describe('apply asks FreshBooks what the policy books on', () => {
  test('a category and staff that are not there are refused by field, and nothing is applied', async () => {
    const accounts = { feeExpenseCategoryId: 7, staffId: 8 };
    const { status, err } = await apply(fileOf('nope', { policy: { paypalFees: 'expense', accounts } }));
    expect(status).toBe(1);
    expect(err).toMatch(
      /policy\.accounts\.feeExpenseCategoryId: there is no 7 in FreshBooks; FreshBooks has: .*\(Bank Fees\)/,
    );
    expect(err).toMatch(
      /policy\.accounts\.staffId: there is no 8 in FreshBooks; FreshBooks has: 1 \(Sandbox Owner\)/,
    );
    expect(await isThere('nope')).toBe(false);
  });

  test('left out, the only ones that fit are taken', async () => {
    const { status, err } = await apply(fileOf('plain', { policy: { gocardlessFees: 'expense' } }));
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  test('left out with several that fit, a person has to choose', async () => {
    const { categories } = sandbox.freshbooks.desk().books;
    const [first] = categories.values();
    if (first === undefined) throw new Error('the sandbox has no categories');
    categories.set(99, { ...first, id: 99, name: 'Payment Processing Fees' });
    const { status, err } = await apply(fileOf('several', { policy: { gocardlessFees: 'expense' } }));
    categories.delete(99);
    expect(status).toBe(1);
    expect(err).toMatch(
      /feeExpenseCategoryId: is missing, and several fit by their names: choose one; .*99 \(Payment/,
    );
  });

  test('a journal needs its accounts: missing, unknown and doubled ones are named with what there is', async () => {
    const policy = (accounts: object) => ({ payoutEntry: 'journal', accounts });
    const missing = await apply(fileOf('books', { policy: policy({}) }));
    expect(missing.status).toBe(1);
    for (const field of ['bankAccountUuid', 'clearingAccountUuid', 'feeAccountUuid'])
      expect(missing.err).toContain(`policy.accounts.${field}: is missing: policy.payoutEntry is "journal"`);
    expect(missing.err).toContain(`${account('Bank')} (Bank, asset)`);

    const unknown = await apply(
      fileOf('books', { policy: policy({ ...journalAccounts(), bankAccountUuid: NOWHERE }) }),
    );
    expect(unknown.err).toMatch(
      /policy\.accounts\.bankAccountUuid: there is no such account in FreshBooks; /,
    );
    const doubled = { ...journalAccounts(), clearingAccountUuid: account('Bank') };
    const twice = await apply(fileOf('books', { policy: policy(doubled) }));
    expect(twice.err).toMatch(/bankAccountUuid: must not be the account of clearingAccountUuid too/);
    expect(await isThere('books')).toBe(false);
  });

  test('with fees as an expense the journal needs no fee account', async () => {
    const accounts = { ...journalAccounts(), feeAccountUuid: null };
    const policy = { payoutEntry: 'journal', gocardlessFees: 'expense', accounts };
    expect(await apply(fileOf('lean', { policy }))).toMatchObject({ status: 0, err: '' });
  });

  test('a missing businessUuid is named, with what FreshBooks says it is', async () => {
    const policy = { payoutEntry: 'journal', accounts: journalAccounts() };
    const file = fileOf('nouuid', { policy, connection: { businessUuid: undefined } });
    const { status, err } = await apply(file);
    expect(status).toBe(1);
    expect(err).toContain(
      `connections.freshbooks.businessUuid: is missing: policy.payoutEntry is "journal"; FreshBooks says it is ${SANDBOX_BUSINESS.businessUuid}`,
    );
  });

  test.each([
    ['a scope that is missing', { scopes: ['user:profile:read'] }],
    ['tokens that are over', { connection: { expiresAt: '2026-01-01T00:00:00Z' } }],
    ['a token FreshBooks does not know', { connection: { accessToken: 'wrong' } }],
  ])('%s: a notice, and the file is applied', async (name, wanted) => {
    const policy = { payoutEntry: 'journal', gocardlessFees: 'expense', accounts: journalAccounts() };
    const slug = `notice-${name.length}`;
    const { status, err } = await apply(fileOf(slug, { policy, ...wanted }));
    expect(status).toBe(0);
    expect(err).toMatch(/^notice: FreshBooks could not be asked for its .*the policy is applied unchecked$/m);
    expect(await isThere(slug)).toBe(true);
  });

  test('the tokens in the vault are used for a file that is known, and the same file changes nothing', async () => {
    const policy = (accounts: object) => ({ payoutEntry: 'journal', accounts });
    const file = fileOf('twice', { policy: policy(journalAccounts()), expiresInSeconds: 0 });
    const first = await apply(file);
    expect(first.status).toBe(0);
    // The file's own refresh token must not be spent before it is stored.
    expect(first.err).toContain("FreshBooks does not take the file's access token");
    const again = await apply(file);
    expect(again).toMatchObject({ status: 0, err: '' });
    expect(again.out).toContain('nothing changed');
    const audited = await database.prisma.auditEntry.count();
    expect((await apply(file)).out).toContain('nothing changed');
    expect(await database.prisma.auditEntry.count()).toBe(audited);
    const worse = { ...file, policy: policy({ ...journalAccounts(), feeAccountUuid: NOWHERE }) };
    expect((await apply(worse)).err).toMatch(/feeAccountUuid: there is no such account/);
  });
});

describe('postings reverse', () => {
  const NOTE = 'booked on the wrong invoice';

  /** A payment in the sandbox with its posting, as payment-to-freshbooks leaves them. */
  async function booked(slug: string): Promise<{ businessId: string; key: string; invoiceId: number }> {
    expect((await apply(fileOf(slug, { policy: { mode: 'live' } }))).status).toBe(0);
    const { id: businessId } = await database.prisma.business.findUniqueOrThrow({ where: { slug } });
    const desk = sandbox.freshbooks.desk();
    const { id: clientId } = desk.createClient({ email: 'a@client.test' });
    const { id: invoiceId } = desk.createInvoice({ clientId, amount: '10.00' });
    const { id } = desk.recordPayment({ invoiceId, amount: '10.00' });
    const key = `key-${slug}`;
    const { postings } = repositoriesOn(database.prisma, businessId, systemClock);
    await postings.insertIntent({
      key,
      kind: 'payment',
      invoiceId: String(invoiceId),
      invoiceNumber: null,
      source: { provider: 'gocardless', id: `PM-${slug}` },
      cycle: 1,
      amount: { minor: 1_000n, currency: 'GBP' },
      date: '2026-11-02',
      note: `GoCardless PM-${slug} · mlc:${key}`,
      reversesKey: null,
      eventId: '1',
    });
    await postings.update(key, { state: 'posted', externalId: String(id) });
    return { businessId, key, invoiceId };
  }

  const reverse = (slug: string, key: string) =>
    run(['postings', 'reverse', key, '--note', NOTE, '--business', slug, '--json']);

  test('takes the payment back in FreshBooks and the ledger, and prints the reversal', async () => {
    const { businessId, key, invoiceId } = await booked('undo');
    const { status, out, err } = await reverse('undo', key);
    expect(status).toBe(0);
    expect(err).toMatch(
      new RegExp(`^invoice ${invoiceId} is not collected while its money waits for its place`),
    );
    const printed = JSON.parse(out) as { key: string };
    expect(printed).toMatchObject({
      kind: 'reversal',
      invoiceId: String(invoiceId),
      source: { provider: 'gocardless', id: 'PM-undo' },
      amountMinor: 1_000,
      currency: 'GBP',
      state: 'posted',
    });
    const listed = (await run(['postings', 'list', '--business', 'undo', '--json'])).out.trim().split('\n');
    expect(listed.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { key, state: 'reversed' },
      { ...printed },
    ]);
    const payments = sandbox.freshbooks.desk().payments();
    expect(payments.filter((payment) => payment.invoiceId === invoiceId && !payment.deleted)).toEqual([]);
    const { ledger, reviews } = repositoriesOn(database.prisma, businessId, systemClock);
    const subject = { provider: 'gocardless', type: 'payment', id: 'PM-undo' };
    expect((await ledger.ofSource(subject)).map(({ kind }) => kind)).toEqual([
      'collection',
      'reversal',
      'unallocated',
    ]);
    expect(await reviews.openOn(subject)).toMatchObject([{ kind: 'unmatched_payment' }]);
    const audited = await database.prisma.auditEntry.findFirstOrThrow({
      where: { businessId, action: 'posting.reversed-by-hand' },
    });
    expect(audited).toMatchObject({ actor: 'cli', details: { note: NOTE, reverses: key, key: printed.key } });
  });

  /** Whether the command has asked for a lock: the session of its locks did something besides beginning. */
  async function hasTriedALock(besides: readonly number[]): Promise<boolean> {
    const { rows } = await database.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'mlc-locks' AND datname = current_database()
         AND query LIKE '%pg_try_advisory_lock%' AND pid <> ALL($1)`,
      [besides],
    );
    return rows.length > 0;
  }

  async function lockSessions(): Promise<number[]> {
    const { rows } = await database.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'mlc-locks' AND datname = current_database()`,
    );
    return rows.map(({ pid }) => pid);
  }

  test('waits a moment for a worker that has the invoice in hand', async () => {
    const { key, invoiceId } = await booked('patient');
    const locks = openLocks(testDatabase.url, quietLog);
    const reversing = await locks.withLock(`invoice:${SANDBOX_BUSINESS.accountId}:${invoiceId}`, async () => {
      const ours = await lockSessions();
      const ending = reverse('patient', key);
      await until('the command has asked for the lock', () => hasTriedALock(ours));
      return { ending };
    });
    expect((await reversing.ending).status).toBe(0);
    await locks.close();
  });

  test('refuses with a message: again, unknown, another business’s, while it is worked on', async () => {
    const { key, invoiceId } = await booked('once');
    const locks = openLocks(testDatabase.url, quietLog);
    await locks.withLock(`invoice:${SANDBOX_BUSINESS.accountId}:${invoiceId}`, async () => {
      const busy = await reverse('once', key);
      expect(busy).toMatchObject({ status: 1, out: '' });
      expect(busy.err).toContain('still being worked on at this moment, after 5 s');
    });
    await locks.close();
    expect((await reverse('once', key)).status).toBe(0);
    const again = await reverse('once', key);
    expect(again).toMatchObject({ status: 1, out: '' });
    expect(again.err).toContain(`posting ${key} was taken back already`);
    expect((await reverse('once', 'nonsense')).err).toContain('there is no posting nonsense of once');
    const foreign = await reverse('undo', key);
    expect(foreign.status).toBe(1);
    expect(foreign.err).toContain(`there is no posting ${key} of undo`);
  });

  test('a note is needed', async () => {
    expect((await run(['postings', 'reverse', 'k', '--business', 'once'])).status).toBe(2);
    expect((await run(['postings', 'reverse', 'k', '--note', ' ', '--business', 'once'])).status).toBe(2);
  });
});
