import type { Log } from '@mlc/core';
import pg from 'pg';

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
export function listenTo({ databaseUrl, channel, onNotice, log }: Listening): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let isReady: () => void;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const again = (): void => {
    client = undefined;
    if (closed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void open();
    }, RECONNECT_MS);
  };
  const open = async (): Promise<void> => {
    const opening = new pg.Client({
      connectionString: databaseUrl,
      application_name: channel.replace('_', '-'),
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client = opening;
    opening.on('notification', ({ payload = '' }) => onNotice(payload));
    opening.on('error', (error) => log.warn('listen_lost', { channel, error: error.message }));
    opening.once('end', again);
    try {
      await opening.connect();
      await opening.query(`LISTEN ${channel}`);
      isReady();
      onNotice(null);
    } catch (error) {
      log.warn('listen_failed', { channel, error: error instanceof Error ? error.message : String(error) });
      await opening.end().catch(() => undefined);
      again();
    }
  };
  void open();
  return {
    ready,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
