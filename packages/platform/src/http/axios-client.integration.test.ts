import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpFailure, type HttpRequest, type HttpResponse } from '@mlc/core';
import { createHttpClient, type ClosableHttpClient, type HttpClientOptions } from './axios-client.ts';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A real HTTP server; returns its base URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = http.createServer(listener);
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

/** A bare TCP server that treats each connection as told. */
async function serveTcp(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return listening(server);
}

function client(options: Partial<HttpClientOptions> = {}): ClosableHttpClient {
  const created = createHttpClient({ version: '1.2.3', retryBaseMs: 1, ...options });
  open.push(created);
  return created;
}

const get = (url: string): HttpRequest => ({ method: 'GET', url, headers: {}, idempotentRead: true });
const post = (url: string): HttpRequest => ({
  method: 'POST',
  url,
  headers: { 'Content-Type': 'application/json', Authorization: 'Bearer top-secret' },
  body: '{"a":"é"}',
  idempotentRead: false,
});

async function failure(sending: Promise<HttpResponse>): Promise<HttpFailure> {
  const outcome: unknown = await sending.catch((error: unknown) => error);
  if (outcome instanceof HttpFailure) return outcome;
  throw new Error(`expected an HttpFailure, got ${JSON.stringify(outcome)}`);
}

describe('answers', () => {
  it('sends method, headers and body as given and names itself', async () => {
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('X-Twice', ['a', 'b']);
        response.end(
          JSON.stringify({
            method: request.method,
            agent: request.headers['user-agent'],
            auth: request.headers.authorization,
            type: request.headers['content-type'],
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
    });
    const answer = await client().send(post(url));
    expect(answer.status).toBe(200);
    expect(answer.headers['x-twice']).toBe('a, b');
    expect(JSON.parse(answer.body)).toEqual({
      method: 'POST',
      agent: 'ml-connector/1.2.3',
      auth: 'Bearer top-secret',
      type: 'application/json',
      body: '{"a":"é"}',
    });
  });

  it('keeps JSON as text and leaves percent-encoded queries alone', async () => {
    const url = await serve((request, response) => response.end(`{"url":"${request.url ?? ''}"}`));
    const answer = await client().send(get(`${url}/x?search%5Binvoiceid%5D=1`));
    expect(answer.body).toBe('{"url":"/x?search%5Binvoiceid%5D=1"}');
  });

  it.each([400, 401, 404, 409, 422, 429])('resolves for %s without trying again', async (status) => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(status).end('no');
    });
    await expect(client().send(get(url))).resolves.toMatchObject({ status, body: 'no' });
    expect(calls).toBe(1);
  });

  it('hands bytes over one by one when the answer is no text', async () => {
    const bytes = randomBytes(1_000);
    const url = await serve((_request, response) => response.end(bytes));
    const { body } = await client().send({ ...get(url), binary: true });
    expect(Buffer.from(body, 'latin1')).toEqual(bytes);
  });

  it('reuses the connection', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const one = client();
    for (let call = 0; call < 3; call += 1) await one.send(get(url));
    expect(ports.size).toBe(1);
  });

  it('decompresses within the cap', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(gzipSync('x'.repeat(1000)));
    });
    expect((await client({ maxBodyBytes: 1000 }).send(get(url))).body).toHaveLength(1000);
  });
});

describe('retries of reads', () => {
  it('tries again after a 500 and after a cut connection', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(500).end('later');
      else if (calls === 2) request.socket.destroy();
      else response.end('done');
    });
    await expect(client().send(get(url))).resolves.toMatchObject({ status: 200, body: 'done' });
    expect(calls).toBe(3);
  });

  it('hands over the last 5xx when the tries are used up', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(502).end('bad gateway');
    });
    await expect(client().send(get(url))).resolves.toMatchObject({ status: 502, body: 'bad gateway' });
    expect(calls).toBe(3);
  });

  it('leaves a 503 that names its own wait to the caller', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(503, { 'Retry-After': '30' }).end();
    });
    await expect(client().send(get(url))).resolves.toMatchObject({ status: 503 });
    expect(calls).toBe(1);
  });

  it('waits ever longer, with jitter, and never beyond the total time-out', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(500).end();
    });
    const slow = client({ retryBaseMs: 60_000, random: () => 1, totalTimeoutMs: 200 });
    expect(await failure(slow.send(get(url)))).toMatchObject({ reason: 'timeout' });
    expect(calls).toBe(1);
  });
});

describe('writes are sent once', () => {
  it.each([
    ['500', (_request, response) => response.writeHead(500).end()],
    ['a cut before the answer', (request) => request.socket.destroy()],
    ['a cut in the body', (request, response) => cutInBody(request.socket, response)],
  ] as [string, RequestListener][])('after %s', async (_name, listener) => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      listener(request, response);
    });
    const outcome: unknown = await client()
      .send(post(url))
      .catch((error: unknown) => error);
    if (outcome instanceof HttpFailure) expect(outcome).toMatchObject({ reason: 'cut', sent: true });
    else expect(outcome).toMatchObject({ status: 500 });
    expect(calls).toBe(1);
  });
});

function cutInBody(socket: Socket, response: http.ServerResponse): void {
  response.writeHead(200, { 'Content-Length': '100' });
  response.write('{"half":', () => socket.destroy());
}

describe('failures and whether the request could have left', () => {
  it('refused: not sent', async () => {
    const port = await serveTcp(() => undefined);
    for (const thing of open.splice(0)) thing.close();
    expect(await failure(client().send(post(`http://127.0.0.1:${port}/`)))).toMatchObject({
      reason: 'connect',
      sent: false,
    });
  });

  it('unknown host: not sent', async () => {
    const found = await failure(client().send(post('http://no-such-host.invalid/')));
    expect(found).toMatchObject({ reason: 'connect', sent: false });
  });

  it('TLS refused: not sent', async () => {
    const port = await serveTcp((socket) => socket.end('this is not TLS'));
    expect(await failure(client().send(post(`https://127.0.0.1:${port}/`)))).toMatchObject({
      reason: 'connect',
      sent: false,
    });
  });

  it('TLS never answered: the connect time-out, not sent', async () => {
    const port = await serveTcp(() => undefined);
    const found = await failure(client({ connectTimeoutMs: 50 }).send(post(`https://127.0.0.1:${port}/`)));
    expect(found).toMatchObject({ reason: 'connect', sent: false });
    expect(found.message).toContain('no connection within 50 ms');
  });

  it('no answer in time: sent', async () => {
    const url = await serve(() => undefined);
    expect(await failure(client({ totalTimeoutMs: 100 }).send(post(url)))).toMatchObject({
      reason: 'timeout',
      sent: true,
    });
  });

  it('a body that trickles: sent', async () => {
    const url = await serve((_request, response) => {
      response.write('a');
      const drip = setInterval(() => response.write('a'), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await failure(client({ totalTimeoutMs: 150 }).send(post(url)))).toMatchObject({
      reason: 'timeout',
      sent: true,
    });
  });

  it('cut before the answer on a reused connection: sent', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      if (calls === 1) response.end('first');
      else request.socket.destroy();
    });
    const one = client();
    await one.send(post(url));
    expect(await failure(one.send(post(url)))).toMatchObject({ reason: 'cut', sent: true });
  });

  it('a gzip body cut half-way: sent', async () => {
    const packed = gzipSync(randomBytes(10_000));
    const url = await serve((request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': packed.length });
      response.write(packed.subarray(0, 5_000), () => request.socket.destroy());
    });
    expect(await failure(client().send(post(url)))).toMatchObject({ reason: 'cut', sent: true });
  });

  it.each([301, 302, 303, 307, 308])('a %s is not followed', async (status) => {
    let visited = 0;
    const url = await serve((request, response) => {
      visited += 1;
      if (request.url === '/there') response.end('followed');
      else response.writeHead(status, { Location: '/there' }).end();
    });
    expect(await failure(client().send(get(url)))).toMatchObject({ reason: 'redirect', sent: true });
    expect(visited).toBe(1);
  });

  it('a huge body is not read to its end, and not asked for again', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.end('x'.repeat(1_000_000));
    });
    expect(await failure(client({ maxBodyBytes: 10_000 }).send(get(url)))).toMatchObject({
      reason: 'too-large',
      sent: true,
    });
    expect(calls).toBe(1);
  });

  it('a gzip bomb counts as what it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const url = await serve((_request, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(bomb);
    });
    expect(await failure(client({ maxBodyBytes: 100_000 }).send(get(url)))).toMatchObject({
      reason: 'too-large',
    });
  });

  it('a request may have a lower cap than the client', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(2_000)));
    expect((await client().send({ ...get(url), maxBodyBytes: 2_000 })).body).toHaveLength(2_000);
    expect(await failure(client().send({ ...get(url), maxBodyBytes: 1_999 }))).toMatchObject({
      reason: 'too-large',
    });
  });

  it('carries no credentials and no query', async () => {
    const url = await serve((request) => request.socket.destroy());
    const found = await failure(client().send(post(`${url}/x?email=a%40b.test`)));
    const everything = [found.message, String(found.cause), JSON.stringify(found)].join(' ');
    expect(everything).not.toContain('top-secret');
    expect(everything).not.toContain('email');
    expect(found.message).toContain(`POST ${url}/x`);
    expect(found.cause).not.toHaveProperty('config');
  });
});
