import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type RunningConsole, startConsole } from '@mlc/console';
import { type OpenRuntime, openRuntime, readConfig } from '@mlc/platform';
import { addPerson } from '@mlc/platform/accounts/people';
import type { Membership } from '@mlc/platform/accounts/roles';
import { csrfTokenOf } from '@mlc/platform/accounts/secrets';
import { openSession } from '@mlc/platform/accounts/sessions';
import { createTestDatabase, silentLog, type TestDatabase } from '@mlc/testkit';

/** A browser that is signed in. */
export interface SignedInBrowser {
  readonly personId: string;
  readonly cookie: string;
  readonly csrf: string;
}

/** What is sent; `body` as JSON, `form` as a browser's form. */
export interface Sent {
  readonly method?: string;
  readonly browser?: SignedInBrowser;
  readonly bearer?: string;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Came {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** A console on a database of its own with the businesses a (b1) and b (b2). */
export interface TestConsole {
  readonly running: RunningConsole;
  readonly runtime: OpenRuntime;
  readonly dir: string;
  ask(path: string, sent?: Sent): Promise<Came>;
  /** Somebody new with these roles, signed in. */
  person(memberships: readonly Membership[], authenticatedMsAgo?: number): Promise<SignedInBrowser>;
  /** Another session of somebody. */
  again(personId: string): Promise<SignedInBrowser>;
}

type Env = Readonly<Record<string, string>>;

/** Of its businesses: everything as it is unless somebody says otherwise. */
export const TEST_POLICY = {
  mode: 'observe',
  limits: { maxDebitMinor: {}, maxDebitsPerDay: {} },
  collectFrom: '2026-01-01',
  chargeDate: 'due-date',
  noMandate: 'review',
  recordPaymentAt: 'confirmed',
  onLateFailure: 'reverse',
  paypalFees: 'none',
  gocardlessFees: 'none',
  payoutEntry: 'none',
  accounts: {
    feeExpenseCategoryId: null,
    staffId: null,
    bankAccountUuid: null,
    clearingAccountUuid: null,
    feeAccountUuid: null,
  },
};

/** For the tests of one file; not to be used before the first of them runs. */
export function withConsole(env: Env | (() => Env) = {}): TestConsole {
  let testDatabase: TestDatabase;
  let dir: string;
  let runtime: OpenRuntime;
  let running: RunningConsole;
  let people = 0;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    dir = await mkdtemp(join(tmpdir(), 'mlc-console-'));
    const config = readConfig(
      {
        DATABASE_URL: testDatabase.url,
        MLC_DATA_DIR: join(dir, 'data'),
        MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
        CONSOLE_PORT: '0',
        LOG_LEVEL: 'error',
        ...(typeof env === 'function' ? env() : env),
      },
      dir,
    );
    runtime = await openRuntime(config, 'console', { log: silentLog });
    for (const [id, slug] of [
      ['b1', 'a'],
      ['b2', 'b'],
    ] as const) {
      const facts = {
        displayName: slug.toUpperCase(),
        timezone: 'Europe/London',
        notifyEmails: [],
        policy: TEST_POLICY,
      };
      await runtime.database.prisma.business.create({ data: { id, slug, ...facts } });
    }
    running = await startConsole(runtime);
  });

  afterAll(async () => {
    await running.stop();
    await runtime.close();
    await testDatabase.drop();
    await rm(dir, { recursive: true });
  });

  const again = async (personId: string): Promise<SignedInBrowser> => {
    const { desk } = running;
    const browser = { address: '127.0.0.1', userAgent: 'test' };
    const token = await desk.database.transaction((tx) =>
      openSession(tx, desk, { personId, stage: 'signed-in', browser }),
    );
    return { personId, cookie: `mlc=${token}`, csrf: csrfTokenOf(token) };
  };

  return {
    get running() {
      return running;
    },
    get runtime() {
      return runtime;
    },
    get dir() {
      return dir;
    },
    ask: (path, sent = {}) => ask(`http://127.0.0.1:${String(running.port)}${path}`, sent),
    person: async (memberships, authenticatedMsAgo = 0) => {
      people += 1;
      const { desk } = running;
      const name = `p${String(people)}`;
      const facts = { name, email: `${name}@a.test`, passwordHash: null, memberships };
      const personId = await desk.database.transaction((tx) => addPerson(tx, desk, facts));
      const browser = await again(personId);
      const authenticatedAt = new Date(Date.now() - authenticatedMsAgo);
      await desk.database.prisma.personSession.updateMany({ where: { personId }, data: { authenticatedAt } });
      return browser;
    },
    again,
  };
}

async function ask(
  url: string,
  { method = 'GET', browser, bearer, body, form, headers = {} }: Sent,
): Promise<Came> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(browser === undefined ? {} : { Cookie: browser.cookie, 'X-CSRF-Token': browser.csrf }),
      ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const isEndless = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  if (isEndless) await response.body?.cancel();
  const text = isEndless ? '' : await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(response, text) };
}

function jsonOf({ headers }: Response, text: string): Record<string, unknown> {
  return /[/+]json/.test(headers.get('content-type') ?? '')
    ? (JSON.parse(text) as Record<string, unknown>)
    : {};
}
