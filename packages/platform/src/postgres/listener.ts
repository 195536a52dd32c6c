import type { Log } from '@mlc/core';
import { setTimeout } from 'node:timers/promises';
import { newClient } from './postgres.ts';

/** A LISTEN on a connection of its own, kept up. */
export interface Listener {
  /** The first connection is up. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** What is listened to. */
export interface Listening {
  readonly databaseUrl: string;
  readonly channel: string;
  /** The payload of a notification; null after each (re)connection, because what was sent meanwhile is lost. */
  readonly onNotice: (payload: string | null) => void;
  readonly log: Log;
}

const RECONNECT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Calls `onNotice` on every `NOTIFY` on the channel, and after each (re)connection.
 * Needs a direct connection: a pooler in transaction mode swallows notifications, so whoever listens needs a slower net.
 */
export function listenTo(listening: Listening): Listener {
  const stop = new AbortController();
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const ended = keepListening(listening, stop.signal, isReady);
  return {
    ready,
    close: () => {
      stop.abort();
      return ended;
    },
  };
}

/** Ends soon after `stop` is aborted; never rejects. */
async function keepListening(listening: Listening, stop: AbortSignal, isReady: () => void): Promise<void> {
  const { channel, log } = listening;
  while (!stop.aborted) {
    try {
      await listenOnce(listening, stop, isReady);
    } catch (error) {
      log.warn('listen_failed', { channel, error: error instanceof Error ? error.message : String(error) });
    }
    await setTimeout(RECONNECT_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Ends with the connection. */
async function listenOnce(
  { databaseUrl, channel, onNotice, log }: Listening,
  stop: AbortSignal,
  isReady: () => void,
): Promise<void> {
  const client = newClient(databaseUrl, {
    application_name: channel.replace('_', '-'),
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('notification', ({ payload = '' }) => onNotice(payload));
  client.on('error', (error) => log.warn('listen_lost', { channel, error: error.message }));
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  const end = (): void => void client.end().catch(() => undefined);
  try {
    await client.connect();
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    await client.query(`LISTEN ${channel}`);
    isReady();
    onNotice(null);
    await ended;
  } finally {
    stop.removeEventListener('abort', end);
    await client.end().catch(() => undefined);
  }
}
