import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SandboxClock } from '../clock.ts';
import { startSandbox } from '../main.ts';
import type { Sandbox } from '../main.ts';
import { SANDBOX_MERCHANT } from './sandbox.ts';
import type { PaypalOptions, PaypalSandbox } from './sandbox.ts';
import type { Scenarios } from './scenarios.ts';

/** A Monday morning. */
export const START = new Date('2026-11-02T09:00:00Z');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, '' when there is none. */
  readonly body: unknown;
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
  /** Sent as it is when a text. */
  readonly body?: unknown;
  readonly token?: string | null;
}

/** A sandbox on a clock of its own and somebody who talks to it over HTTP with a good token. */
export interface Stand {
  readonly sandbox: Sandbox;
  readonly paypal: PaypalSandbox;
  readonly play: Scenarios;
  token: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** A token request with these credentials. */
  askToken(clientId?: string, clientSecret?: string): Promise<Answer>;
}

export async function startStand(options: Partial<PaypalOptions> = {}): Promise<Stand> {
  const clock = new SandboxClock({ start: START });
  const sandbox = await startSandbox({
    freshbooksPort: 0,
    gocardlessPort: 0,
    paypalPort: 0,
    clock,
    paypal: options,
  });
  const base = sandbox.urls.paypal;
  const stand: Stand = {
    sandbox,
    paypal: sandbox.paypal,
    play: sandbox.paypal.scenarios,
    token: '',
    call: (method, path, { token = stand.token, body, headers } = {}) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const init = { method, headers: { ...json, ...bearer, ...headers } };
      return answerOf(fetch(base + path, body === undefined ? init : { ...init, body: text }));
    },
    get: (path) => stand.call('GET', path),
    askToken: (clientId = SANDBOX_MERCHANT.clientId, clientSecret = SANDBOX_MERCHANT.clientSecret) =>
      answerOf(
        fetch(`${base}/v1/oauth2/token`, {
          method: 'POST',
          headers: {
            authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials',
        }),
      ),
  };
  stand.token = ((await stand.askToken()).body as { access_token: string }).access_token;
  return stand;
}

async function answerOf(request: Promise<Response>): Promise<Answer> {
  const response = await request;
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
}

export interface Received {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly event: ReceivedEvent;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly event_type: string;
  readonly resource_type: string;
  readonly resource_version?: string;
  readonly summary: string;
  readonly resource: Record<string, unknown>;
}

/** Somebody who receives webhooks. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Status of the next answers; 200 unless set. */
  status: number;
  types(): string[];
  /** A delivery by its place, -1 is the last. Throws when there is none. */
  at(place: number): Received;
  /** The newest event of a type. Throws when there was none. */
  event(type: string): ReceivedEvent;
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ body, headers: req.headers, event: JSON.parse(body) as ReceivedEvent });
      res.writeHead(receiver.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    status: 200,
    types: () => received.map(({ event }) => event.event_type),
    at: (place) => {
      const delivery = received.at(place);
      if (delivery === undefined) throw new Error(`${received.length} deliveries only`);
      return delivery;
    },
    event: (type) => {
      const found = received.findLast(({ event }) => event.event_type === type);
      if (found === undefined) throw new Error(`no ${type} among ${receiver.types().join(', ')}`);
      return found.event;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
