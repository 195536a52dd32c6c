import { webhookReaders } from '@mlc/connectors';
import { flowFor } from '@mlc/flows';
import { connectionCache } from '@mlc/platform/connections/connection-cache';
import { CONNECTION_CHANNEL } from '@mlc/platform/connections/connections';
import { type Inbox, openInbox } from '@mlc/platform/inbox/inbox';
import { listenTo } from '@mlc/platform/postgres/listener';
import { openRefusals } from '@mlc/platform/connections/refusals';
import { loadWebhookConnection } from '@mlc/platform/connections/webhook-connections';
import type { Runtime } from '@mlc/platform/lifecycle/runtime';
import { systemClock } from '@mlc/platform/clock/system';
import { webhookCounters } from '@mlc/platform/metrics/webhook-counters';
import type { IngressParts } from './app.ts';
import { handshakes } from './handshake.ts';
import { paypalReading } from './paypal.ts';

/**
 * The parts of a runtime the ingress needs; tests bring their own. Without a configuration PayPal is where it really is,
 * without a clock it is the system's.
 */
export type IngressRuntime = Pick<Runtime, 'log' | 'database' | 'vault' | 'metrics'> &
  Partial<Pick<Runtime, 'clock'>> & {
    readonly config?: Pick<Runtime['config'], 'paypal'> & Partial<Pick<Runtime['config'], 'retry'>>;
  };

/** What the parts need to be let go of. */
export interface ComposedIngress {
  readonly parts: IngressParts;
  /** From now on `/readyz` says no. */
  stopping(): void;
  /** Finishes what is in hand. */
  close(): Promise<void>;
}

/** A line about Postgres being away at most this often. */
const UNAVAILABLE_LOG_MS = 5_000;

/** Puts the ingress together on a runtime. */
export function composeIngress(
  runtime: IngressRuntime,
  inbox: Inbox = openInbox(runtime.database.url),
): ComposedIngress {
  const { log, database, metrics } = runtime;
  const refusals = openRefusals(database, log);
  const counters = webhookCounters(metrics);
  const { clock = systemClock, config } = runtime;
  const paypal = paypalReading({
    ...runtime,
    clock,
    paypal: config?.paypal ?? null,
    retry: config?.retry ?? null,
  });
  const connections = connectionCache(loadWebhookConnection(runtime));
  const changes = listenTo({
    databaseUrl: database.url,
    channel: CONNECTION_CHANNEL,
    onNotice: (connectionId) => connections.forget(connectionId ?? undefined),
    log,
  });
  let isStopping = false;
  const parts: IngressParts = {
    readers: webhookReaders(paypal.options),
    connections,
    inbox,
    flowFor,
    noteRefusal: (connection, why) => refusals.note(connection, why),
    shakeHands: handshakes(runtime, (connection, why) => refusals.note(connection, why)),
    counted: (provider, accepted, duplicates) => counters.stored(provider, accepted, duplicates),
    answered: (provider, status) => counters.answered(provider, status),
    onUnavailable: atMostEvery(UNAVAILABLE_LOG_MS, (error, left) =>
      log.error('webhooks answered 503', { ...reasonOf(error), sinceLastLine: left }),
    ),
    onError: (error) => log.error('request failed', reasonOf(error)),
    checkStores: () => database.pool.query('SELECT 1'),
    metrics,
    isStopping: () => isStopping,
  };
  return {
    parts,
    stopping: () => {
      isStopping = true;
    },
    close: async () => {
      await Promise.all([inbox.close(), refusals.close(), changes.close()]);
      paypal.close();
      counters.close();
    },
  };
}

function reasonOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  return error.cause === undefined
    ? { error: error.message }
    : { error: error.message, cause: error.cause instanceof Error ? error.cause.message : 'unknown' };
}

/** Calls `act` at most once per `intervalMs`, with how many calls it stands for. */
function atMostEvery(
  intervalMs: number,
  act: (error: unknown, calls: number) => void,
): (error: unknown) => void {
  let lastMs = -Infinity;
  let calls = 0;
  return (error) => {
    calls += 1;
    if (performance.now() - lastMs < intervalMs) return;
    lastMs = performance.now();
    act(error, calls);
    calls = 0;
  };
}
