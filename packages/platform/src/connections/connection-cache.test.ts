import { beforeEach, expect, test } from '@jest/globals';
import { connectionCache, type ConnectionCache, type WebhookConnection } from './connection-cache.ts';

let nowMs = 0;
let reads: string[] = [];
let known = new Map<string, string[]>();
let cache: ConnectionCache;

beforeEach(() => {
  nowMs = 1_000_000;
  reads = [];
  known = new Map([['gocardless/c1', ['one']]]);
  cache = connectionCache(
    (provider, connectionId) => {
      reads.push(connectionId);
      return Promise.resolve(connectionOf(provider, connectionId));
    },
    { connectionsMax: 3, ttlMs: 5_000, unknownTtlMs: 1_000, rereadBurst: 2, rereadMs: 50 },
    () => nowMs,
  );
});

function connectionOf(provider: string, connectionId: string): WebhookConnection | null {
  const secrets = known.get(`${provider}/${connectionId}`);
  return secrets === undefined
    ? null
    : { connectionId, provider, businessId: 'b1', secretsFor: () => secrets };
}

test('is read once and known until it is too old', async () => {
  expect(cache.peek('gocardless', 'c1')).toBeUndefined();
  await cache.read('gocardless', 'c1');
  nowMs += 4_999;
  expect(cache.peek('gocardless', 'c1')?.businessId).toBe('b1');
  nowMs += 1;
  expect(cache.peek('gocardless', 'c1')).toBeUndefined();
});

test('what was changed is read again, and only that', async () => {
  known.set('gocardless/c2', ['two']);
  await Promise.all([cache.read('gocardless', 'c1'), cache.read('gocardless', 'c2')]);
  cache.forget('c1');
  expect(cache.peek('gocardless', 'c1')).toBeUndefined();
  expect(cache.peek('gocardless', 'c2')?.secretsFor('')).toEqual(['two']);
  cache.forget();
  expect(cache.peek('gocardless', 'c2')).toBeUndefined();
});

test('a read that began before the change is not remembered', async () => {
  const reading = cache.read('gocardless', 'c1');
  cache.forget('c1');
  await reading;
  expect(cache.peek('gocardless', 'c1')).toBeUndefined();
});

test('belongs to its provider only', async () => {
  expect(await cache.read('freshbooks', 'c1')).toBeNull();
  expect(await cache.read('gocardless', 'c1')).not.toBeNull();
});

test('an unknown one is remembered, but shorter', async () => {
  await cache.read('gocardless', 'c2');
  expect(cache.peek('gocardless', 'c2')).toBeNull();
  nowMs += 1_000;
  expect(cache.peek('gocardless', 'c2')).toBeUndefined();
});

test('who asks while it is being read shares the answer', async () => {
  await Promise.all([cache.read('gocardless', 'c1'), cache.read('gocardless', 'c1')]);
  expect(reads).toEqual(['c1']);
});

test('a failed read is tried again by the next one', async () => {
  let isDown = true;
  const flaky = connectionCache((provider, id) =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve(connectionOf(provider, id)),
  );
  await expect(flaky.read('gocardless', 'c1')).rejects.toThrow('down');
  isDown = false;
  expect(await flaky.read('gocardless', 'c1')).not.toBeNull();
});

test('is read again after wrong signatures, a few times in a row and then at a bounded rate', async () => {
  await cache.read('gocardless', 'c1');
  known.set('gocardless/c1', ['two']);
  expect((await cache.reread('gocardless', 'c1'))?.secretsFor('')).toEqual(['two']);
  expect(await cache.reread('gocardless', 'c1')).not.toBeNull();
  expect(await cache.reread('gocardless', 'c1')).toBeNull();
  nowMs += 50;
  expect(await cache.reread('gocardless', 'c1')).not.toBeNull();
  expect(await cache.reread('gocardless', 'c1')).toBeNull();
});

test('holds a bounded number, forgetting the longest unread', async () => {
  for (const id of ['c1', 'c2', 'c3', 'c4']) await cache.read('gocardless', id);
  expect(cache.peek('gocardless', 'c1')).toBeUndefined();
  expect(cache.peek('gocardless', 'c4')).toBeNull();
});
