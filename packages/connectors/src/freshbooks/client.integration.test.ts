import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectorError, type AccessTokens, type RateLimiter } from '@mlc/core';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import {
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from '@mlc/testkit/fakes/scripted-server';
import { z } from 'zod';
import { freshbooksClient, type FreshBooksCall, type FreshBooksOptions } from './client.ts';

/** Tokens that change with every replacement; counts them. */
class ScriptedTokens implements AccessTokens {
  replaced: string[] = [];
  current(): Promise<string> {
    return Promise.resolve(`token-${this.replaced.length}`);
  }
  replacing(rejected: string): Promise<string> {
    this.replaced.push(rejected);
    return this.current();
  }
}

class ScriptedLimiter implements RateLimiter {
  waitMs = 0;
  taken = 0;
  pauses: number[] = [];
  take(): Promise<number> {
    this.taken += 1;
    return Promise.resolve(this.waitMs);
  }
  pause(waitMs: number): Promise<void> {
    this.pauses.push(waitMs);
    return Promise.resolve();
  }
}

const http = createHttpClient({ version: 'test', retryBaseMs: 1, totalTimeoutMs: 300, maxBodyBytes: 10_000 });
const fixture = { http, apiUrl: '', accountId: 'xZNQ1X', connectionId: 'conn-1' };
let server: ScriptedServer;
let tokens = new ScriptedTokens();
let limiter = new ScriptedLimiter();

beforeAll(async () => {
  server = await startScriptedServer();
});
afterEach(() => {
  tokens = new ScriptedTokens();
  limiter = new ScriptedLimiter();
});
afterAll(async () => {
  http.close();
  await server.close();
});

function options(changes: Partial<FreshBooksOptions> = {}): FreshBooksOptions {
  const clock = { now: () => new Date('2026-11-22T12:00:00Z') };
  return { ...fixture, apiUrl: `${server.url}/`, tokens, limiter, clock, ...changes };
}

const answer = z.object({ response: z.object({ result: z.object({ thing: z.number() }) }) });
const read = { operation: 'getThing', method: 'GET', path: '/things/1', answer } as const;
const write = {
  operation: 'createThing',
  method: 'POST',
  path: '/things',
  body: { thing: { name: 'x', verifier: 'hide-me' } },
  answer,
} as const;
const good = { json: { response: { result: { thing: 7 } } } };
const calls = { read, write };

async function failureOf(call: FreshBooksCall<unknown>): Promise<ConnectorError> {
  const outcome: unknown = await freshbooksClient(options())
    .send(call)
    .catch((error: unknown) => error);
  if (outcome instanceof ConnectorError) return outcome;
  throw new Error(`expected a ConnectorError, got ${String(outcome)}`);
}

const accounting = (errno: number, message = 'No.', field: string | null = null) => ({
  response: { errors: [{ errno, field, message, object: null, value: null }] },
});
const unauthenticated = { status: 401, json: { error: 'unauthenticated', error_description: 'Log in.' } };

describe('what is sent', () => {
  it('carries the token, no version header, JSON on writes, and encoded brackets', async () => {
    server.script(good);
    const client = freshbooksClient(options());
    await client.send({ ...read, query: [['search[email]', 'a+b@c.test']] });
    await client.send(write);
    const [reading, writing] = server.seen;
    expect(reading?.rawQuery).toBe('search%5Bemail%5D=a%2Bb%40c.test');
    expect(reading?.path).toBe('/things/1');
    expect(reading?.headers).toMatchObject({
      authorization: 'Bearer token-0',
      'user-agent': 'ml-connector/test',
    });
    expect(Object.keys(reading?.headers ?? {}).filter((name) => name.includes('version'))).toEqual([]);
    expect(writing?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(writing?.body ?? '')).toEqual(write.body);
    expect(limiter.taken).toBe(2);
  });
});

describe('failure kinds', () => {
  const table: [string, ScriptedAnswer, keyof typeof calls, string, object][] = [
    ['malformed JSON of ours', { status: 400, json: accounting(1005) }, 'write', 'rejected', { reason: 'errno 1005' }],
    ['missing scope', { status: 403, json: accounting(1003) }, 'read', 'rejected', { status: 403 }],
    ['read-only field', { status: 403, json: accounting(1038, 'No.', 'due_date') }, 'write', 'rejected', { field: 'due_date', reason: 'errno 1038' }],
    ['unknown resource', { status: 404, json: accounting(1012) }, 'read', 'rejected', { reason: 'errno 1012' }],
    ['a number collision', { status: 409, json: accounting(1029) }, 'write', 'conflict', {}],
    ['validation', { status: 422, json: accounting(1001, "'clientid' is a required field.", 'clientid') }, 'write', 'rejected', { field: 'clientid' }],
    ['new error shape', { status: 404, json: { code: 5, message: 'x', details: [] } }, 'write', 'rejected', { reason: 'code 5' }],
    ['a refusal with status 200', { json: accounting(12001, 'Not in your plan.') }, 'read', 'rejected', { reason: 'errno 12001', status: 200 }],
    ['a refusal with status 200', { json: accounting(12001, 'Not in your plan.') }, 'write', 'rejected', { status: 200 }],
    ['408', { status: 408 }, 'read', 'transient', {}],
    ['408', { status: 408 }, 'write', 'outcome-unknown', {}],
    ['500', { status: 500, json: { error: 'internal_server_error', error_description: 'x' } }, 'read', 'transient', { status: 500 }],
    ['502 in HTML', { status: 502, text: '<html>bad gateway</html>' }, 'write', 'outcome-unknown', { status: 502 }],
    ['503', { status: 503, text: '' }, 'write', 'outcome-unknown', {}],
    ['not JSON', { text: '<html>hello</html>' }, 'read', 'transient', {}],
    ['not JSON', { text: '<html>hello</html>' }, 'write', 'outcome-unknown', {}],
    ['empty', { text: '' }, 'write', 'outcome-unknown', {}],
    ['no result', { json: { response: {} } }, 'read', 'rejected', { reason: 'unexpected_answer', field: 'response.result' }],
    ['no result', { json: { response: {} } }, 'write', 'outcome-unknown', { field: 'response.result' }],
    ['a member of another type', { json: { response: { result: { thing: '7' } } } }, 'read', 'rejected', { field: 'response.result.thing' }],
    ['cut before the answer', 'cut', 'read', 'transient', { reason: 'cut' }],
    ['cut before the answer', 'cut', 'write', 'outcome-unknown', { reason: 'cut' }],
    ['cut in the answer', 'cut-in-body', 'write', 'outcome-unknown', { reason: 'cut' }],
    ['no answer in time', 'silent', 'read', 'transient', { reason: 'timeout' }],
    ['no answer in time', 'silent', 'write', 'outcome-unknown', { reason: 'timeout' }],
    ['a redirect', { status: 302, headers: { Location: '/x' } }, 'write', 'outcome-unknown', { reason: 'redirect' }],
    ['a huge answer', { text: 'x'.repeat(20_000) }, 'read', 'rejected', { reason: 'too-large' }],
    ['a 404 that is not FreshBooks', { status: 404, text: '<html>nginx</html>' }, 'read', 'transient', { status: 404 }],
  ]; // prettier-ignore

  it.each(table)('%s: %j of a %s → %s', async (...[, scripted, which, kind, details]) => {
    server.script(scripted);
    expect(await failureOf(calls[which])).toMatchObject({
      kind,
      provider: 'freshbooks',
      operation: calls[which].operation,
      ...details,
    });
    if (which === 'write') expect(server.seen).toHaveLength(1);
  });

  it('nothing was sent: transient even for a write', async () => {
    const gone = await startScriptedServer();
    await gone.close();
    await expect(freshbooksClient(options({ apiUrl: gone.url })).send(write)).rejects.toMatchObject({
      kind: 'transient',
      reason: 'connect',
    });
  });

  it('tells the call and the answer, without secrets', async () => {
    server.script({ status: 422, json: { ...accounting(1001), echo: 'token-0', api_token: 'hide-me-too' } });
    const failure = await failureOf(write);
    expect(failure.request).toBe('POST /things {"thing":{"name":"x","verifier":"[hidden]"}}');
    expect(failure.response).toContain('1001');
    const told = JSON.stringify(failure) + failure.message;
    for (const secret of ['hide-me', 'hide-me-too', 'token-0']) expect(told).not.toContain(secret);
  });

  it('tells what FreshBooks said, without the token in it', async () => {
    server.script({ status: 422, json: { response: { errors: [{ errno: 1004, message: 'no: token-0' }] } } });
    expect((await failureOf(write)).message).toContain('no: [hidden]');
  });
});

describe('limits', () => {
  it.each([
    [{ status: 429, headers: { 'Retry-After': '57' } }, 57_000],
    [
      { status: 429, headers: { 'X-RateLimit-Reset': String(Date.UTC(2026, 10, 22, 12, 0, 9) / 1000) } },
      9_000,
    ],
    [{ status: 503, headers: { 'Retry-After': '5' } }, 5_000],
  ])('%j', async (scripted, waitMs) => {
    server.script(scripted);
    expect(await failureOf(write)).toMatchObject({ kind: 'rate-limited', retryAfterMs: waitMs });
    expect(limiter.pauses).toEqual([waitMs]);
    expect(server.seen).toHaveLength(1);
  });

  it('pauses a minute when no wait is named', async () => {
    server.script({ status: 429 });
    expect(await failureOf(read)).toMatchObject({ kind: 'rate-limited' });
    expect(limiter.pauses).toEqual([60_000]);
  });

  it('does not heed the limit headers of a success', async () => {
    server.script({ ...good, headers: { 'Retry-After': '59', 'X-RateLimit-Remaining': '0' } });
    await freshbooksClient(options()).send(read);
    expect(limiter.pauses).toEqual([]);
  });

  it('sends nothing while the own limit says wait', async () => {
    server.script(good);
    limiter.waitMs = 1_500;
    expect(await failureOf(write)).toMatchObject({ kind: 'rate-limited', retryAfterMs: 1_500 });
    expect(server.seen).toHaveLength(0);
    expect(limiter.pauses).toEqual([]);
  });
});

describe('401, by status whatever the body', () => {
  it.each([
    ['auth', unauthenticated],
    ['accounting', { status: 401, json: accounting(1003) }],
    ['text', { status: 401, text: 'go away' }],
  ])('%s: one newer token, then on', async (_name, refusal) => {
    server.script(refusal, good);
    await expect(freshbooksClient(options()).send(write)).resolves.toMatchObject({ response: {} });
    expect(server.seen.map((seen) => seen.headers.authorization)).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ]);
    expect(tokens.replaced).toEqual(['token-0']);
  });

  it('twice: unauthorised, naming the connection', async () => {
    server.script(unauthenticated);
    expect(await failureOf(read)).toMatchObject({
      kind: 'unauthorised',
      connectionId: 'conn-1',
      reason: 'unauthenticated',
      status: 401,
    });
    expect(server.seen).toHaveLength(2);
  });

  it('passes on what the token store says', async () => {
    const failure = new ConnectorError({
      kind: 'unauthorised',
      provider: 'freshbooks',
      operation: 'refreshTokens',
      message: 'spent',
    });
    const dead: AccessTokens = {
      current: () => Promise.reject(failure),
      replacing: () => Promise.reject(failure),
    };
    await expect(freshbooksClient(options({ tokens: dead })).send(read)).rejects.toBe(failure);
  });
});

describe('find', () => {
  it.each([
    [{ status: 404, json: accounting(1012) }],
    [{ status: 404, json: { errno: 404, message: 'Requested resource could not be found.' } }],
    [{ status: 404, json: {} }],
    [{ status: 422, json: accounting(1012) }],
    [{ status: 200, json: accounting(1012) }],
    [{ status: 400, json: accounting(1011) }],
  ])('%j → null', async (scripted) => {
    server.script(scripted);
    await expect(freshbooksClient(options()).find(read)).resolves.toBeNull();
  });

  it.each([[{ status: 403, json: accounting(1003) }], [{ status: 404, text: 'nginx' }], [{ status: 500 }]])(
    '%j is a failure',
    async (scripted) => {
      server.script(scripted);
      await expect(freshbooksClient(options()).find(read)).rejects.toBeInstanceOf(ConnectorError);
    },
  );
});
