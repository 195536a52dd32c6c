import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { takeDueAnswers } from '@mlc/platform/answers/held-answer';
import { fc } from '@mlc/testkit/property';
import { type SignedInBrowser, withConsole } from '../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const under = withConsole();
let finance: SignedInBrowser;
let operator: SignedInBrowser;
let admin: SignedInBrowser;

beforeAll(async () => {
  finance = await under.person([{ businessId: 'b1', roles: ['finance'] }]);
  operator = await under.person([{ businessId: 'b1', roles: ['operator'] }]);
  admin = await under.person([{ businessId: '*', roles: ['admin'] }]);
});

const prisma = () => under.runtime.database.prisma;
const API = '/api/v1';

async function openReview(id: string, openedAt = new Date('2026-11-05T09:00:00Z')): Promise<void> {
  const subject = { subjectProvider: 'gocardless', subjectType: 'payment', subjectId: `PM${id}` };
  const rest = { reasons: ['why'], candidates: [], amountMinor: 100n, currency: 'GBP', openedAt };
  await prisma().review.create({ data: { id, businessId: 'b1', kind: 'refund', ...subject, ...rest } });
}

function answer(
  id: string,
  etag: string | null,
  browser = finance,
  body: unknown = { action: 'done', note: 'seen' },
) {
  const headers = etag === null ? {} : { 'If-Match': etag };
  return under.ask(`${API}/reviews/${id}/resolution`, { method: 'PUT', browser, body, headers });
}

const due = () => takeDueAnswers(under.runtime.database, under.runtime.clock);
/** What the clock of Postgres does in ten seconds. */
const tenSecondsLater = (id: string) =>
  under.runtime.database.pool.query(
    `UPDATE reviews SET apply_at = now() WHERE id = $1 AND pending IS NOT NULL`,
    [id],
  );

const actionsAbout = async (id: string): Promise<string[]> => {
  const entries = await prisma().auditEntry.findMany({
    where: { businessId: 'b1' },
    orderBy: { seq: 'asc' },
  });
  return entries
    .filter(({ details }) => (details as { reviewId?: string }).reviewId === id)
    .map(({ action, actor }) => `${action} by ${actor}`);
};

describe('an answer to a review', () => {
  beforeEach(() => openReview('r1'));
  afterEach(async () => {
    await prisma().review.deleteMany();
  });

  test('is held, counts after its time, and is audited under the person', async () => {
    const seen = await under.ask(`${API}/reviews/r1`, { browser: finance });
    expect(seen.headers.get('etag')).toBe('"r1"');
    const held = await answer('r1', '"r1"');
    expect(held.status).toBe(202);
    const wait = new Date(held.json['undoUntil'] as string).getTime() - Date.now();
    expect(wait).toBeGreaterThan(5_000);
    expect(wait).toBeLessThan(11_000);
    expect(held.json['review']).toMatchObject({
      state: 'open',
      revision: 2,
      pendingResolution: { action: 'done' },
    });
    expect(await due()).toBe(0);
    await tenSecondsLater('r1');
    expect(await Promise.all([due(), due()])).toEqual(expect.arrayContaining([1, 0]));
    const now = await under.ask(`${API}/reviews/r1`, { browser: finance });
    expect(now.json).toMatchObject({
      state: 'resolved',
      revision: 3,
      pendingResolution: null,
      resolution: { action: 'done', note: 'seen', by: 'p1@a.test' },
    });
    expect(now.json['resolution']).toMatchObject({ action: 'done' });
    expect((await actionsAbout('r1')).slice(-2)).toEqual([
      'review.answer-held by p1@a.test',
      'review.resolved by p1@a.test',
    ]);
  });

  test('can be withdrawn until then, and not after', async () => {
    await answer('r1', '"r1"');
    const withdraw = () => under.ask(`${API}/reviews/r1/resolution`, { method: 'DELETE', browser: finance });
    const came = await withdraw();
    expect([came.status, came.json['pendingResolution']]).toEqual([200, null]);
    await tenSecondsLater('r1');
    expect(await due()).toBe(0);
    expect((await withdraw()).json['code']).toBe('conflict');
    expect((await under.ask(`${API}/reviews/r1`, { browser: finance })).json['state']).toBe('open');
  });

  test('of two people: the second is told, with the review as it is now', async () => {
    const [first, second] = await Promise.all([answer('r1', '"r1"'), answer('r1', '"r1"', admin)]);
    const [won, lost] = first.status === 202 ? [first, second] : [second, first];
    expect([won.status, lost.status, lost.json['code']]).toEqual([202, 412, 'stale']);
    expect(lost.json['current']).toMatchObject({ revision: 2, pendingResolution: { action: 'done' } });
  });

  test('is dropped when the question changed while it waited', async () => {
    await answer('r1', '"r1"');
    await prisma().review.update({ where: { id: 'r1' }, data: { amountMinor: 200n } });
    await tenSecondsLater('r1');
    expect(await due()).toBe(0);
    const now = await under.ask(`${API}/reviews/r1`, { browser: finance });
    expect(now.json).toMatchObject({ state: 'open', pendingResolution: null, amountMinor: 200 });
    expect((await actionsAbout('r1')).at(-1)).toBe('review.answer-dropped by p1@a.test');
  });

  test('is over when somebody settled the question meanwhile', async () => {
    await answer('r1', '"r1"');
    await prisma().review.update({
      where: { id: 'r1' },
      data: { state: 'resolved', resolvedAt: new Date() },
    });
    expect(await due()).toBe(0);
    const now = await under.ask(`${API}/reviews/r1`, { browser: finance });
    expect(now.json).toMatchObject({ state: 'resolved', pendingResolution: null });
    expect((await answer('r1', now.headers.get('etag'))).json['code']).toBe('conflict');
  });

  test('that lacks something is refused in the words of the API', async () => {
    const came = await answer('r1', '"r1"', finance, { action: 'match', note: 'this one' });
    expect([came.status, came.json['code']]).toEqual([422, 'refused']);
    expect(came.json['detail']).not.toContain('--');
  });

  test('is not read again by who has it', async () => {
    const headers = { 'If-None-Match': '"r1"' };
    const same = await under.ask(`${API}/reviews/r1`, { browser: finance, headers });
    expect([same.status, same.text]).toEqual([304, '']);
  });
});

describe('pages of a list', () => {
  afterEach(async () => {
    await prisma().review.deleteMany();
  });

  const walk = async (direction: 'next' | 'previous', start: string, limit: number): Promise<string[]> => {
    const seen: string[] = [];
    let query = start;
    for (let pages = 0; pages < 50; pages += 1) {
      const came = await under.ask(`${API}/reviews?limit=${String(limit)}${query}`, { browser: finance });
      const items = (came.json['items'] as { id: string }[]).map(({ id }) => id);
      if (direction === 'next') seen.push(...items);
      else seen.unshift(...items);
      const cursor = came.json[direction] as string | null;
      if (cursor === null || (direction === 'previous' && items.length === 0)) return seen;
      query = `&${direction === 'next' ? 'after' : 'before'}=${cursor}`;
    }
    return seen;
  };

  test('hold every entry once in both directions, also when many are of one moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (minutes, limit) => {
          await prisma().review.deleteMany();
          for (const [index, minute] of minutes.entries())
            await openReview(`x${String(index)}`, new Date(Date.UTC(2026, 10, 5, 9, minute)));
          const all = await walk('next', '', 200);
          expect(new Set(all).size).toBe(minutes.length);
          expect(await walk('next', '', limit)).toEqual(all);
          const end = await under.ask(`${API}/reviews?limit=1`, { browser: finance });
          expect(end.json['previous']).not.toBeNull();
          const last = await lastCursor(all.length);
          if (last !== null)
            expect(await walk('previous', `&before=${last}`, limit)).toEqual(all.slice(0, -1));
        },
      ),
      { numRuns: 12 },
    );
  });

  /** The cursor of the last entry, as a page that ends with it gives it. */
  async function lastCursor(count: number): Promise<string | null> {
    if (count < 2) return null;
    const first = await under.ask(`${API}/reviews?limit=${String(count - 1)}`, { browser: finance });
    const rest = await under.ask(`${API}/reviews?limit=1&after=${String(first.json['next'])}`, {
      browser: finance,
    });
    return rest.json['previous'] as string;
  }

  test('refuse what is no cursor of theirs, and sizes out of bounds', async () => {
    await openReview('r1');
    const page = await under.ask(`${API}/reviews`, { browser: finance });
    const foreign = page.json['previous'] as string;
    const paths = [
      `/events?after=${foreign}`,
      '/reviews?after=nonsense',
      `/reviews?after=${foreign}&before=${foreign}`,
      '/reviews?limit=0',
      '/reviews?limit=201',
      '/reviews?state=open&state=resolved',
    ];
    for (const path of paths) {
      const came = await under.ask(API + path, { browser: finance });
      expect([path, came.status, came.json['code']]).toEqual([path, 400, 'invalid']);
    }
    const both = await under.ask(`${API}/reviews?kind=refund&kind=dispute`, { browser: finance });
    expect(both.json['items']).toHaveLength(1);
    const none = await under.ask(`${API}/reviews?kind=dispute`, { browser: finance });
    expect(none.json['items']).toHaveLength(0);
  });
});

describe('one answer for several reviews', () => {
  afterEach(async () => {
    await prisma().review.deleteMany();
  });

  const answerAll = (items: { id: string; revision: number }[]) =>
    under.ask(`${API}/reviews/resolutions`, {
      method: 'POST',
      browser: finance,
      body: { action: 'done', note: 'all refunded', items },
    });

  test('is given to each for itself, and none of another business', async () => {
    for (const id of ['r1', 'r2', 'r3']) await openReview(id);
    await prisma().review.update({ where: { id: 'r3' }, data: { businessId: 'b2' } });
    const came = await answerAll([
      { id: 'r1', revision: 1 },
      { id: 'r2', revision: 7 },
      { id: 'r3', revision: 1 },
    ]);
    const items = came.json['items'] as { id: string; code: string; review: unknown }[];
    expect(items.map(({ id, code }) => [id, code])).toEqual([
      ['r1', 'held'],
      ['r2', 'stale'],
      ['r3', 'not-found'],
    ]);
    expect(items[0]?.review).toMatchObject({ pendingResolution: { action: 'done', note: 'all refunded' } });
    expect(items[2]?.review).toBeNull();
  });

  test('is for one kind at a time', async () => {
    await openReview('r1');
    await openReview('r2');
    await prisma().review.update({ where: { id: 'r2' }, data: { kind: 'dispute' } });
    const came = await answerAll([
      { id: 'r1', revision: 1 },
      { id: 'r2', revision: 1 },
    ]);
    expect([came.status, came.json['code']]).toEqual([422, 'refused']);
    expect(await prisma().review.count({ where: { pending: { not: 'DbNull' } } })).toBe(0);
  });
});

test('lists are narrowed by time in the business’s zone, by text and by month, and counted', async () => {
  // 2026-10-25 ends at midnight in London, an hour after midnight in UTC: summer time ends that day.
  await openReview('before', new Date('2026-10-24T22:59:59Z'));
  await openReview('on', new Date('2026-10-24T23:00:00Z'));
  await openReview('late', new Date('2026-10-25T23:59:59Z'));
  const list = async (query: string) => {
    const came = await under.ask(`${API}/reviews?${query}`, { browser: finance });
    return (came.json['items'] as { id: string }[]).map(({ id }) => id);
  };
  expect(await list('from=2026-10-25&to=2026-10-26')).toEqual(['late', 'on']);
  expect(await list('from=2026-10-25T00:00:00Z')).toEqual(['late']);
  expect(await list('text=pmON')).toEqual(['on']);
  expect(await list('text=%25')).toEqual([]);
  const counted = await under.ask(`${API}/reviews?limit=1&count=capped`, { browser: finance });
  expect(counted.json).toMatchObject({ count: 3, isMore: false });
  await prisma().review.deleteMany();
});

describe('a dead letter', () => {
  let letters = 0;
  const dead = async (): Promise<string> => {
    letters += 1;
    const id = `d${String(letters)}`;
    const event = {
      businessId: 'b1',
      connectionId: 'c1',
      provider: 'gocardless',
      type: 'payments',
      payload: '',
    };
    const { id: eventId } = await prisma().inboundEvent.create({
      data: { ...event, externalEventId: id, resourceId: 'PM1', correlationId: 'x', state: 'dead' },
    });
    const failure = { failureKind: 'rejected', error: 'no', details: { request: 'raw' }, attempts: 1 };
    await prisma().deadLetter.create({
      data: { id, businessId: 'b1', eventId: String(eventId), flow: 'payment-to-freshbooks', ...failure },
    });
    return id;
  };
  const replay = (id: string, headers: Record<string, string> = {}) =>
    under.ask(`${API}/dead-letters/${id}/replay`, { method: 'POST', browser: operator, headers });

  test('shows the call that failed to operators only', async () => {
    const id = await dead();
    expect((await under.ask(`${API}/dead-letters/${id}`, { browser: operator })).json['call']).toEqual({
      request: 'raw',
    });
    expect((await under.ask(`${API}/dead-letters/${id}`, { browser: finance })).json['call']).toBeNull();
  });

  test('is replayed once, by whom is audited, and a repeated request is answered as before', async () => {
    const id = await dead();
    const headers = { 'Idempotency-Key': 'key-1' };
    expect((await replay(id, headers)).json).toEqual({ replayed: 1 });
    expect((await replay(id, headers)).json).toEqual({ replayed: 1 });
    expect((await replay(id)).json).toEqual({ replayed: 0 });
    expect((await replay(await dead(), headers)).json['code']).toBe('key-reused');
    const entries = await prisma().auditEntry.findMany({ where: { action: 'dead-letter.replayed' } });
    expect(entries.map(({ actor }) => actor)).toEqual(['p2@a.test']);
  });

  test('those of one cause are one line, and are replayed as one', async () => {
    const errors = ['invoice 17 is gone', 'invoice 2044 is gone', 'no such thing'];
    for (const error of errors)
      await prisma().deadLetter.update({ where: { id: await dead() }, data: { error } });
    const came = await under.ask(`${API}/dead-letters/groups`, { browser: operator });
    const groups = came.json['items'] as { group: string; error: string; count: number }[];
    const gone = groups.find(({ error }) => error.endsWith('is gone'));
    expect(gone).toMatchObject({ error: 'invoice 2044 is gone', count: 2 });
    const group = String(gone?.group);
    const listed = await under.ask(`${API}/dead-letters?group=${group}`, { browser: operator });
    expect(listed.json['items']).toHaveLength(2);
    const sent = { method: 'POST', browser: operator, body: { group } };
    expect((await under.ask(`${API}/dead-letters/replay`, sent)).json).toEqual({ replayed: 2 });
    await prisma().deadLetter.deleteMany({ where: { error: 'no such thing' } });
  });

  test('all of a business at once', async () => {
    await dead();
    const body = { ids: 'all' };
    const came = await under.ask(`${API}/dead-letters/replay?business=a`, {
      method: 'POST',
      browser: operator,
      body,
    });
    expect(came.json).toEqual({ replayed: 3 });
  });
});

describe('tokens and people', () => {
  const make = (browser: SignedInBrowser, business: string, roles: string[], headers = {}) =>
    under.ask(`${API}/tokens`, {
      method: 'POST',
      browser,
      headers,
      body: { name: 'script', memberships: [{ business, roles }] },
    });

  test('a token is shown once, works as Bearer with its roles, and ends when revoked', async () => {
    const headers = { 'Idempotency-Key': 'token-1' };
    const made = await make(admin, 'a', ['operator'], headers);
    expect(made.status).toBe(201);
    const bearer = made.json['token'] as string;
    expect((await make(admin, 'a', ['operator'], headers)).json['code']).toBe('already-done');
    expect(JSON.stringify(await prisma().apiIdempotency.findMany())).not.toContain(bearer);
    const session = await under.ask(`${API}/session`, { bearer });
    expect(session.json).toMatchObject({ kind: 'api-token', actor: 'token:script', csrfToken: null });
    expect((await under.ask(`${API}/people`, { bearer })).status).toBe(403);
    const ping = await under.ask(`${API}/connections/paypal/ping`, { method: 'POST', bearer });
    expect([ping.status, ping.json['detail']]).toEqual([404, 'paypal is not connected.']);
    const path = `${API}/tokens/${made.json['id'] as string}`;
    expect((await under.ask(path, { method: 'DELETE', browser: admin })).status).toBe(204);
    expect((await under.ask(`${API}/session`, { bearer })).status).toBe(401);
  });

  test('nobody hands out what they do not have', async () => {
    const small = await under.person([{ businessId: 'b1', roles: ['admin'] }]);
    expect((await make(small, 'b', ['viewer'])).status).toBe(400);
    expect((await make(small, '*', ['viewer'])).status).toBe(400);
    const body = { memberships: [{ business: '*', roles: ['admin'] }] };
    const path = `${API}/people/${small.personId}`;
    expect((await under.ask(path, { method: 'PATCH', browser: small, body })).status).toBe(400);
    expect(
      (await under.ask(`${API}/people/${admin.personId}`, { method: 'DELETE', browser: small })).status,
    ).toBe(404);
  });

  test('an invitation’s link is shown once and leads to its form', async () => {
    const body = { email: 'new@a.test', memberships: [{ business: 'a', roles: ['viewer'] }] };
    const made = await under.ask(`${API}/invitations`, { method: 'POST', browser: admin, body });
    const { pathname, search } = new URL(made.json['url'] as string);
    expect((await under.ask(pathname + search)).text).toContain('new@a.test');
    const listed = await under.ask(`${API}/invitations`, { browser: admin });
    expect(listed.text).not.toContain(search);
    const path = `${API}/invitations/${made.json['id'] as string}`;
    expect((await under.ask(path, { method: 'DELETE', browser: admin })).status).toBe(204);
    expect((await under.ask(pathname + search)).status).toBe(410);
  });
});

test('a path that is none, and a method that is none', async () => {
  expect((await under.ask(`${API}/nowhere`, { browser: admin })).json['code']).toBe('not-found');
  const came = await under.ask(`${API}/reviews`, { method: 'POST', browser: admin });
  expect([came.status, came.json['code']]).toEqual([405, 'method-not-allowed']);
  const deployment = await under.ask(`${API}/audit/deployment?action=token.made`, { browser: admin });
  expect((deployment.json['items'] as { action: string }[]).map(({ action }) => action)).toEqual([
    'token.made',
  ]);
});
