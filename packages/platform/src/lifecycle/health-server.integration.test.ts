import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMetrics } from '../metrics/create-metrics.ts';
import { startHealthServer } from './health-server.ts';

let isUp = true;
let server: Awaited<ReturnType<typeof startHealthServer>>;

beforeAll(async () => {
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    metrics: createMetrics('worker'),
    checkStores: () => (isUp ? Promise.resolve() : Promise.reject(new Error('away'))),
  });
});

afterAll(() => server.stop());

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

test('alive, ready, measured', async () => {
  expect(await (await get('/livez')).json()).toEqual({ live: true });
  expect(await (await get('/readyz')).json()).toEqual({ ready: true });
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toMatch(/process_cpu_seconds_total\{role="worker"\}/);
});

test('a store that is away makes it unready, not dead', async () => {
  isUp = false;
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/livez')).status).toBe(200);
  isUp = true;
});

test('anything else is not there', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/livez', 'POST')).status).toBe(404);
});

test('a taken port is an error', async () => {
  const options = { host: '127.0.0.1', metrics: createMetrics('x'), checkStores: () => Promise.resolve() };
  await expect(startHealthServer({ ...options, port: server.port })).rejects.toThrow(/EADDRINUSE/);
});
