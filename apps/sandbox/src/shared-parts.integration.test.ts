import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { SandboxClock } from './clock.ts';
import { ControlError, controlRouter } from './control.ts';
import { Deliveries } from './deliveries.ts';
import type { DeliveryOptions } from './deliveries.ts';
import { Faults } from './faults.ts';
import type { FaultRule } from './faults.ts';

const servers: Server[] = [];

async function serve(app: RequestListener): Promise<string> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function newFaults(): Faults {
  return new Faults({
    status: (status) => ({ broken: status }),
    rateLimit: () => ({ headers: { 'RateLimit-Remaining': '0' }, body: { limited: true } }),
    okWithErrors: () => ({ errors: 1 }),
  });
}

describe('faults', () => {
  async function open(
    rule: FaultRule,
  ): Promise<{ get: (path?: string, init?: RequestInit) => Promise<Response>; done: () => number }> {
    const faults = newFaults();
    faults.add(rule);
    let done = 0;
    const app = express();
    app.use(faults.middleware());
    app.use((_req, res) => {
      done += 1;
      res.set('x-own', 'yes').json({ fine: true });
    });
    const url = await serve(app);
    return { get: (path = '/things?x=1', init = {}) => fetch(url + path, init), done: () => done };
  }

  test.each([
    [{ kind: 'status', status: 503 }, 503, { broken: 503 }, 0],
    [{ kind: 'status', status: 400, body: { own: 1 } }, 400, { own: 1 }, 0],
    [{ kind: 'rate-limit' }, 429, { limited: true }, 0],
    [{ kind: 'ok-with-errors' }, 200, { errors: 1 }, 0],
    [{ kind: 'status-after' }, 500, { broken: 500 }, 1],
    [{ kind: 'slow', delayMs: 1 }, 200, { fine: true }, 1],
  ] as const)('%j', async (rule, status, body, worked) => {
    const { get, done } = await open({ ...rule, path: '/things' });
    const struck = await get();
    expect([struck.status, await struck.json(), done()]).toEqual([status, body, worked]);
    expect(await (await get()).json()).toEqual({ fine: true });
  });

  test.each([
    ['cut-before', 0],
    ['cut-after', 1],
  ] as const)('%s cuts the connection', async (kind, worked) => {
    const { get, done } = await open({ kind, path: '/things' });
    await expect(get('/things', { method: 'POST' })).rejects.toThrow('fetch failed');
    expect(done()).toBe(worked);
  });

  test('garbage is HTML with status 200', async () => {
    const { get } = await open({ kind: 'garbage', path: '/things' });
    const answer = await get();
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.status).toBe(200);
  });

  test('strikes the method and path meant, after the given number, so many times', async () => {
    const { get } = await open({
      kind: 'status',
      method: 'post',
      path: /^\/things\?x=\d$/,
      after: 1,
      times: 2,
    });
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn += 1)
      statuses.push((await get('/things?x=1', { method: 'POST' })).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect((await get('/things?x=1')).status).toBe(200);
    expect((await get('/other', { method: 'POST' })).status).toBe(200);
  });
});

describe('deliveries', () => {
  async function open(options: Partial<DeliveryOptions>, statusOf: (turn: number) => number = () => 200) {
    const bodies: string[] = [];
    const url = await serve((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        bodies.push(Buffer.concat(chunks).toString('utf8'));
        res.writeHead(statusOf(bodies.length)).end();
      });
    });
    const clock = new SandboxClock();
    const deliveries = new Deliveries(clock, options);
    const send = (...ids: string[]): void =>
      deliveries.send(...ids.map((id) => ({ id, url, headers: {}, body: id })));
    return { clock, deliveries, bodies, send };
  }

  test('retries until accepted, then gives up after the last wait', async () => {
    const { deliveries, bodies, send } = await open({ retryDelaysMs: [1, 1] }, (turn) =>
      turn === 2 ? 200 : 302,
    );
    send('a');
    await deliveries.idle();
    expect(deliveries.log[0]).toMatchObject({
      state: 'delivered',
      attempts: [{ status: 302 }, { status: 200 }],
    });
    send('b');
    await deliveries.idle();
    expect(deliveries.log[1]).toMatchObject({ state: 'given-up', attempts: [{}, {}, {}] });
    expect(bodies).toEqual(['a', 'a', 'b', 'b', 'b']);
  });

  test('drops, doubles, and sends again what is asked for', async () => {
    const { deliveries, bodies, send } = await open({ drop: 1, duplicate: 1 });
    send('a', 'b', 'c');
    await deliveries.idle();
    expect(bodies.sort()).toEqual(['b', 'b', 'c']);
    expect(deliveries.log.map(({ state }) => state)).toEqual(['dropped', 'delivered', 'delivered']);
    expect([deliveries.resend('a'), deliveries.resend('nope')]).toEqual([true, false]);
    await deliveries.idle();
    expect(bodies).toHaveLength(4);
  });

  test('keeps back while paused', async () => {
    const { deliveries, bodies, send } = await open({ paused: true });
    send('a');
    await deliveries.idle();
    expect(bodies).toEqual([]);
    deliveries.set({ paused: false });
    await deliveries.idle();
    expect(bodies).toEqual(['a']);
  });

  test('waits in virtual time when told to', async () => {
    const { clock, deliveries, bodies, send } = await open(
      { retryTime: 'virtual', retryDelaysMs: [60_000] },
      (turn) => (turn === 1 ? 500 : 200),
    );
    send('a');
    await deliveries.idle();
    expect(bodies).toEqual(['a']);
    await clock.advanceDays(1);
    expect(bodies).toEqual(['a', 'a']);
  });

  test('a refused connection is an attempt without a status', async () => {
    const deliveries = new Deliveries(new SandboxClock(), { retryDelaysMs: [] });
    deliveries.send({ id: 'a', url: 'http://127.0.0.1:1/', headers: {}, body: '' });
    await deliveries.idle();
    expect(deliveries.log[0]?.attempts[0]?.status).toBeNull();
    expect(deliveries.log[0]?.state).toBe('given-up');
  });
});

describe('control API', () => {
  async function open() {
    const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
    const faults = newFaults();
    const deliveries = new Deliveries(clock);
    const scenarios = {
      greet: ({ name }: { name?: unknown }) => ({ hello: name }),
      refuse: () => {
        throw new ControlError('not now');
      },
    };
    const app = express();
    app.use(
      controlRouter({ provider: 'test', clock, faults, deliveries, state: () => ({ rows: 1 }), scenarios }),
    );
    app.use(faults.middleware());
    app.use((_req, res) => void res.json({ api: true }));
    const url = await serve(app);
    const call = async (method: string, path: string, body?: object): Promise<[number, unknown]> => {
      const answer = await fetch(url + path, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await answer.text();
      return [answer.status, text === '' ? null : JSON.parse(text)];
    };
    return { call, faults };
  }

  test('faults come and go over HTTP', async () => {
    const { call, faults } = await open();
    expect(
      (
        await call('POST', '/_sandbox/faults', {
          kind: 'status',
          path: '/^/api$/',
          status: 502,
          times: 'always',
        })
      )[0],
    ).toBe(201);
    expect((await call('GET', '/api'))[0]).toBe(502);
    expect((await call('GET', '/other'))[0]).toBe(200);
    expect(faults.list()[0]?.path).toBeInstanceOf(RegExp);
    expect((await call('DELETE', '/_sandbox/faults'))[0]).toBe(204);
    expect((await call('GET', '/api'))[0]).toBe(200);
    expect(await call('POST', '/_sandbox/faults', { kind: 'odd', path: '/' })).toMatchObject([
      400,
      { error: expect.stringContaining('kind: one of') },
    ]);
  });

  test('clock, webhook options, state, scenarios', async () => {
    const { call } = await open();
    expect(await call('POST', '/_sandbox/clock', { advanceDays: 1 })).toMatchObject([
      200,
      { now: expect.stringMatching(/^2026-11-03/) },
    ]);
    expect(await call('POST', '/_sandbox/clock', { advanceTo: 'yesterday' })).toMatchObject([400, {}]);
    expect(await call('POST', '/_sandbox/clock', {})).toMatchObject([
      400,
      { error: expect.stringContaining('advanceDays') },
    ]);
    expect(await call('PATCH', '/_sandbox/webhooks', { paused: true })).toMatchObject([
      200,
      { paused: true },
    ]);
    expect(await call('PATCH', '/_sandbox/webhooks', { pause: true })).toMatchObject([
      400,
      { error: expect.stringContaining('pause') },
    ]);
    expect(await call('GET', '/_sandbox/state')).toEqual([200, { rows: 1 }]);
    expect(await call('POST', '/_sandbox/scenarios/greet', { name: 'you' })).toEqual([200, { hello: 'you' }]);
    expect(await call('POST', '/_sandbox/scenarios/refuse', {})).toEqual([400, { error: 'not now' }]);
    expect((await call('POST', '/_sandbox/scenarios/none', {}))[0]).toBe(400);
    expect((await call('GET', '/_sandbox/none'))[0]).toBe(404);
    expect((await call('GET', '/livez'))[0]).toBe(200);
    expect(await call('GET', '/_sandbox')).toMatchObject([
      200,
      { provider: 'test', scenarios: ['greet', 'refuse'] },
    ]);
  });
});
