import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { invite } from '@mlc/platform/accounts/invitations';
import { makeApiToken } from '@mlc/platform/accounts/api-tokens';
import { allows, ROLES, type Role } from '@mlc/platform/accounts/roles';
import {
  type Sent,
  type SignedInBrowser,
  withConsole,
  TEST_POLICY,
} from '../../../../tests/support/console-under-test.ts';
import { openApiDocument } from './document.ts';
import { ROUTES } from './routes.ts';

jest.setTimeout(60_000);

interface Operation {
  readonly operationId: string;
  readonly 'x-role'?: Role | 'any';
  readonly 'x-within'?: string;
  readonly 'x-needs-match'?: boolean | 'sha256';
  readonly 'x-fresh-sign-in'?: boolean;
  readonly requestBody?: unknown;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
  }[];
}

/** Every operation of the document the console serves: nothing here names a route. */
const paths = openApiDocument(ROUTES).paths as Record<string, Record<string, Operation>>;
const OPERATIONS = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const NAMED = OPERATIONS.map((each) => [each.operation.operationId, each] as const);

const under = withConsole();
/** Ids of things of business a, for the parameters of paths. */
let ids: Record<string, string>;

beforeAll(async () => {
  const { database } = under.runtime;
  const { desk } = under.running;
  const event = {
    businessId: 'b1',
    connectionId: 'c1',
    provider: 'gocardless',
    type: 'payments',
    payload: '',
  };
  const { id: eventId } = await database.prisma.inboundEvent.create({
    data: { ...event, externalEventId: 'EV1', resourceId: 'PM1', correlationId: 'x', state: 'dead' },
  });
  const subject = { subjectProvider: 'gocardless', subjectType: 'payment', subjectId: 'PM1' };
  await database.prisma.review.create({
    data: { id: 'r1', businessId: 'b1', kind: 'refund', ...subject, reasons: [], candidates: [] },
  });
  const flow = 'payment-to-freshbooks';
  const failure = { failureKind: 'rejected', error: 'no', details: {}, attempts: 1 };
  await database.prisma.deadLetter.create({
    data: { id: 'd1', businessId: 'b1', eventId: String(eventId), flow, ...failure },
  });
  const memberships = [{ businessId: 'b1', roles: ['viewer'] as Role[] }];
  const { invitation } = await invite(desk, { email: 'new@a.test', memberships, by: 'test' });
  const token = { name: 't', memberships, personId: null, by: 'test', lifeMs: 60_000 };
  const { made } = await makeApiToken(desk, token);
  const victim = await under.person(memberships);
  ids = {
    reviewId: 'r1',
    deadLetterId: 'd1',
    provider: 'freshbooks',
    flow,
    invoiceId: '1',
    payoutId: 'PO1',
    key: 'k1',
    eventId: String(eventId),
    month: '2026-10',
    scenario: 'createInvoice',
    seq: '1',
    personId: victim.personId,
    sessionId: 'nobodys',
    invitationId: invitation.id,
    tokenId: made.id,
  };
});

/** The mode has a route of its own. */
const { mode: _mode, ...POLICY_WITHOUT_MODE } = TEST_POLICY;

/** What is taken as input by the operations that have to know what was seen. */
const VALID: Readonly<Record<string, unknown>> = {
  answerReview: { action: 'done', note: 'seen' },
  changeConnection: {},
  changePolicy: POLICY_WITHOUT_MODE,
  closeMonth: { override: true, note: 'no provider here' },
};

const known = new Map<string, SignedInBrowser>();

/** Somebody with one role; the same for all operations but those that sign people out. */
async function somebody(businessId: string, role: Role, { path }: (typeof OPERATIONS)[number]) {
  const key = `${businessId} ${role}`;
  const browser = known.get(key) ?? (await under.person([{ businessId, roles: [role] }]));
  if (path.startsWith('/session')) return under.again(browser.personId);
  known.set(key, browser);
  return browser;
}

function pathOf({ path, operation }: (typeof OPERATIONS)[number], query = ''): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? `no-${name}`);
  const business = operation['x-within'] === 'business' ? 'business=a' : '';
  const needed = (operation.parameters ?? []).filter((each) => each.in === 'query' && each.required === true);
  const given = needed.map(({ name }) => `${name}=${ids[name] ?? 'x'}`);
  return `/api/v1${filled}?${[business, ...given, query].filter((part) => part !== '').join('&')}`;
}

function matchFor({ 'x-needs-match': needed }: Operation): Record<string, string> {
  if (needed === undefined) return {};
  return { 'If-Match': needed === 'sha256' ? `"${'0'.repeat(64)}"` : '"r1"' };
}

/** Refused as input by every operation that takes one, so that what is allowed changes nothing. */
function sentTo({ method, operation }: (typeof OPERATIONS)[number], sent: Sent): Sent {
  const match = matchFor(operation);
  const body = operation.requestBody === undefined ? {} : { body: { nonsense: 1 } };
  return { method, ...body, ...sent, headers: { ...match, ...sent.headers } };
}

test('every operation names its role, and the served document is this one', async () => {
  expect(OPERATIONS.filter(({ operation }) => operation['x-role'] === undefined)).toEqual([]);
  expect(OPERATIONS.length).toBeGreaterThan(20);
  const viewer = await under.person([{ businessId: 'b1', roles: ['viewer'] }]);
  const served = await under.ask('/api/v1/openapi.json', { browser: viewer });
  expect(served.json['paths']).toEqual(JSON.parse(JSON.stringify(paths)));
});

describe.each(NAMED)('%s', (_id, each) => {
  const { method, operation } = each;
  const role = operation['x-role'] ?? 'any';

  test('is closed to strangers and to wrong tokens', async () => {
    for (const sent of [{}, { bearer: 'mlc_wrong' }] as Sent[]) {
      const came = await under.ask(pathOf(each), sentTo(each, sent));
      expect([came.status, came.json['code']]).toEqual([401, 'unauthorised']);
      expect(came.headers.get('content-type')).toContain('application/problem+json');
      // Otherwise this test itself would be locked out.
      await under.running.desk.database.pool.query("DELETE FROM rate_limits WHERE key LIKE 'door-token%'");
    }
  });

  test('is for its role only', async () => {
    for (const own of ROLES) {
      const browser = await somebody('b1', own, each);
      const came = await under.ask(pathOf(each), sentTo(each, { browser }));
      const isAllowed =
        role === 'any' || (allows(new Set([own]), role) && operation['x-within'] !== 'everywhere');
      if (isAllowed) expect([401, 403, 405, 500]).not.toContain(came.status);
      else expect([own, came.status, came.json['code']]).toEqual([own, 403, 'forbidden']);
    }
  });

  test('hides what is of another business', async () => {
    const browser = await somebody('b2', 'admin', each);
    const came = await under.ask(pathOf(each), sentTo(each, { browser }));
    const isAbout =
      operation['x-within'] === 'business' || /\{(?!provider|sessionId|flow|scenario)/.test(each.path);
    if (isAbout) expect([came.status, came.json['code']]).toEqual([404, 'not-found']);
    expect(came.text).not.toMatch(/"business":"a"|"(r1|d1|EV1)"/);
  });

  test('takes no input it does not know', async () => {
    const browser = await somebody('*', 'admin', each);
    const came = await under.ask(pathOf(each, 'nonsense=1'), sentTo(each, { browser }));
    expect([came.status, came.json['code']]).toEqual([400, 'invalid']);
    expect(came.json['errors']).toEqual([{ pointer: '?nonsense', message: 'unknown' }]);
    if (operation.requestBody === undefined) return;
    const other = await under.ask(pathOf(each), sentTo(each, { browser }));
    expect([other.status, other.json['code']]).toEqual([400, 'invalid']);
    const form = { nonsense: '1' };
    const match = matchFor(operation);
    const posted = await under.ask(pathOf(each), { method, browser, form, headers: match });
    expect([posted.status, posted.json['code']]).toEqual([415, 'media-type']);
  });

  if (method !== 'GET')
    test('takes changes from the session’s own pages only', async () => {
      const browser = await somebody('*', 'admin', each);
      const ofOther = { ...browser, csrf: (await under.again(browser.personId)).csrf };
      const wrong = await under.ask(pathOf(each), sentTo(each, { browser: ofOther }));
      expect([wrong.status, wrong.json['code']]).toEqual([403, 'csrf-token']);
      const headers = { Origin: 'https://evil.test' };
      const foreign = await under.ask(pathOf(each), sentTo(each, { browser, headers }));
      expect([foreign.status, foreign.json['code']]).toEqual([403, 'other-site']);
    });

  if (operation['x-needs-match'] !== undefined)
    test('needs to know what was seen', async () => {
      const browser = await somebody('*', 'admin', each);
      const body = VALID[operation.operationId];
      const came = await under.ask(pathOf(each), { method, browser, body });
      expect([came.status, came.json['code']]).toEqual([428, 'precondition-required']);
      const other = operation['x-needs-match'] === 'sha256' ? '"r1"' : `"${'0'.repeat(64)}"`;
      const wrong = await under.ask(pathOf(each), { method, browser, body, headers: { 'If-Match': other } });
      expect([wrong.status, wrong.json['code']]).toEqual([400, 'invalid']);
      const old = operation['x-needs-match'] === 'sha256' ? `"${'0'.repeat(64)}"` : '"r99"';
      const stale = await under.ask(pathOf(each), { method, browser, body, headers: { 'If-Match': old } });
      expect([stale.status, stale.json['code']]).toEqual([412, 'stale']);
      expect(stale.json['current']).toEqual(expect.any(Object));
    });

  if (operation['x-fresh-sign-in'] === true)
    test('needs a fresh sign-in', async () => {
      const browser = await under.person([{ businessId: '*', roles: ['admin'] }], 16 * 60_000);
      const came = await under.ask(pathOf(each), sentTo(each, { browser }));
      expect([came.status, came.json['code']]).toEqual([403, 'sign-in-again']);
    });
});
