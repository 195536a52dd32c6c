import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { withinMs } from '../clock/within-ms.ts';
import type { Running } from './runtime.ts';

/** What a process without pages of its own tells about itself. */
export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
  /** Rejects when a store cannot be reached. */
  readonly checkStores: () => Promise<unknown>;
}

const CHECK_MS_MAX = 2_000;

type Answer = readonly [status: number, type: string, body: string];

const JSON_TYPE = 'application/json; charset=utf-8';

/** `/livez` never touches a store: a process is not restarted because Postgres is away. */
async function answerTo(path: string, options: HealthOptions): Promise<Answer> {
  switch (path) {
    case '/livez':
      return [200, JSON_TYPE, '{"live":true}'];
    case '/readyz':
      return readiness(options);
    case '/metrics':
      return [200, options.metrics.contentType, await options.metrics.metrics()];
    default:
      return [404, JSON_TYPE, '{"error":"not_found"}'];
  }
}

async function readiness({ checkStores }: HealthOptions): Promise<Answer> {
  try {
    await withinMs(checkStores(), CHECK_MS_MAX);
    return [200, JSON_TYPE, '{"ready":true}'];
  } catch {
    return [503, JSON_TYPE, '{"ready":false}'];
  }
}

/** Serves `GET /livez`, `/readyz` and `/metrics`. Rejects when the port is taken. */
export async function startHealthServer(
  options: HealthOptions,
): Promise<Running & { readonly port: number }> {
  const server = http.createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = request.method === 'GET' ? answerTo(path, options) : answerTo('', options);
    void answer
      .catch((): Answer => [500, JSON_TYPE, '{"error":"internal"}'])
      .then(([status, type, body]) => response.writeHead(status, { 'Content-Type': type }).end(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
