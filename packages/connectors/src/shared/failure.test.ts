import { describe, expect, it } from '@jest/globals';
import { HttpFailure, type RateLimiter } from '@mlc/core';
import { fromHttpFailure, kindOfStatus, retryAfterMs, takeTurn, translated } from './failure.ts';

const read = { provider: 'p', operation: 'get', write: false, request: 'GET /x' };
const write = { ...read, operation: 'create', write: true, request: 'POST /x' };

describe('fromHttpFailure', () => {
  it.each([
    ['connect', false, read, 'transient'],
    ['connect', false, write, 'transient'],
    ['timeout', true, read, 'transient'],
    ['timeout', true, write, 'outcome-unknown'],
    ['cut', true, write, 'outcome-unknown'],
    ['redirect', true, write, 'outcome-unknown'],
    ['too-large', true, read, 'rejected'],
    ['too-large', true, write, 'outcome-unknown'],
  ] as const)('%s, sent=%s', (reason, sent, call, kind) => {
    const failure = new HttpFailure(reason, sent, 'm');
    expect(fromHttpFailure(call, failure)).toMatchObject({ kind, reason, request: call.request });
  });

  it('leaves bugs as they are', () => {
    const bug = new TypeError('x');
    expect(translated(read, bug)).toBe(bug);
  });
});

describe('kindOfStatus', () => {
  it.each([
    [400, undefined, read, 'rejected'],
    [401, undefined, read, 'unauthorised'],
    [403, undefined, write, 'rejected'],
    [408, undefined, read, 'transient'],
    [408, undefined, write, 'outcome-unknown'],
    [409, undefined, write, 'conflict'],
    [422, undefined, write, 'rejected'],
    [429, undefined, write, 'rate-limited'],
    [500, undefined, read, 'transient'],
    [502, undefined, write, 'outcome-unknown'],
    [503, undefined, write, 'outcome-unknown'],
    [503, 1000, write, 'rate-limited'],
  ] as const)('%s with wait %s', (status, waitMs, call, kind) => {
    expect(kindOfStatus(call, status, waitMs)).toBe(kind);
  });
});

describe('retryAfterMs', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  it.each([
    ['57', 57_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['Sunday, 22-Nov-26 12:00:30 GMT', 30_000],
    ['Sun Nov 22 12:00:30 2026', 30_000],
    ['2026-11-22T12:00:30Z', 30_000],
    ['999999999', 86_400_000],
    ['soon', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(retryAfterMs({ 'retry-after': text }, now)).toBe(expected);
  });
  it('is undefined without the header', () => {
    expect(retryAfterMs({}, now)).toBeUndefined();
  });
});

describe('takeTurn', () => {
  const limiter = (waitMs: number): RateLimiter => ({
    take: () => Promise.resolve(waitMs),
    pause: () => Promise.resolve(),
  });
  it('goes on at 0', async () => {
    await expect(takeTurn(limiter(0), read)).resolves.toBeUndefined();
  });
  it('throws rate-limited with the wait', async () => {
    await expect(takeTurn(limiter(250), write)).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 250,
    });
  });
});
