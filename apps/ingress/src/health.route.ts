import { withinMs } from '@mlc/platform/clock/within-ms';
import type { Express } from 'express';
import { type Answer, refused, send, sendText, UNAVAILABLE } from './answers.ts';

/** What the process tells about itself. */
export interface Health {
  /** Rejects when Postgres cannot be asked. */
  readonly checkStores: () => Promise<unknown>;
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  readonly isStopping: () => boolean;
}

const CHECK_MS_MAX = 2_000;

/**
 * `/livez` never touches a store: a process is not restarted because Postgres is away. `/readyz` asks Postgres, and says
 * no once the process is stopping, so that a load balancer looks elsewhere.
 */
export function addHealthRoutes(app: Express, health: Health): void {
  app.get('/livez', (_request, response) => send(response, { status: 200, body: '{"live":true}' }));
  app.get('/readyz', async (_request, response) => {
    send(response, await readiness(health));
  });
  app.get('/metrics', async (_request, response) =>
    sendText(response, health.metrics.contentType, await health.metrics.metrics()),
  );
}

async function readiness(health: Health): Promise<Answer> {
  if (health.isStopping()) return refused(503, 'stopping');
  try {
    await withinMs(health.checkStores(), CHECK_MS_MAX);
    return { status: 200, body: '{"ready":true}' };
  } catch {
    return UNAVAILABLE;
  }
}
