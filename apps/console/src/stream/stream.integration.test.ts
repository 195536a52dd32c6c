import { beforeAll, expect, jest, test } from '@jest/globals';
import { appendAudit } from '@mlc/platform';
import { type SignedInBrowser, withConsole } from '../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const under = withConsole();
let viewer: SignedInBrowser;

beforeAll(async () => {
  viewer = await under.person([{ businessId: 'b1', roles: ['viewer'] }]);
});

async function note(action: string, details: Record<string, unknown> = {}): Promise<void> {
  const { database, clock } = under.runtime;
  const subject = { provider: 'freshbooks', type: 'invoice', id: '10' };
  await database.transaction((tx) =>
    appendAudit(tx, 'b1', clock, { actor: 'system', action, subject, correlationId: null, details }),
  );
}

/** Reads until the text holds this; the connection is let go then. */
async function heard(
  until: string,
  headers: Record<string, string> = {},
  opened?: () => Promise<void>,
): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${String(under.running.port)}/api/v1/stream?business=a`, {
    headers: { Cookie: viewer.cookie, ...headers },
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes(until)) break;
    if (text.includes('event: status')) await opened?.();
    opened = undefined;
  }
  stop.abort();
  return text;
}

test('a change is told within two seconds of its commit, by id only', async () => {
  let committedAt = 0;
  const text = await heard('invoice.changed', {}, async () => {
    await note('review.opened', { reviewId: 'r1', amountMinor: 77_777 });
    committedAt = Date.now();
  });
  expect(Date.now() - committedAt).toBeLessThan(2_000);
  expect(text).toContain('event: review.changed\ndata: {"business":"a","ids":["r1"]}');
  expect(text).toContain('event: invoice.changed\ndata: {"business":"a","ids":["10"]}');
  expect(text).not.toContain('77777');
});

test('who was away hears what was missed; who was away too long is told to read everything', async () => {
  await note('period.closed');
  const head = await under.runtime.database.prisma.auditHead.findUniqueOrThrow({
    where: { businessId: 'b1' },
  });
  const before = String(Number(head.seq) - 1);
  expect(await heard('month.changed', { 'Last-Event-ID': `a:${before}` })).toContain(
    `id: a:${String(head.seq)}`,
  );
  expect(await heard('event: reset', { 'Last-Event-ID': 'b:1' })).toContain('reset');
  expect(await heard('event: reset', { 'Last-Event-ID': 'a:999999' })).toContain('reset');
});

test('another business’s changes are not told', async () => {
  const stranger = await under.person([{ businessId: 'b2', roles: ['viewer'] }]);
  const came = await under.ask('/api/v1/stream?business=a', { browser: stranger });
  expect([came.status, came.json['code']]).toEqual([404, 'not-found']);
});
