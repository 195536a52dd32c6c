import type { Log } from '@mlc/core';
import pg from 'pg';
import { WAKE_CHANNEL } from '../db/events.ts';

/** A LISTEN on a connection of its own, kept up. */
export interface WakeListener {
  /** The first connection is up. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

const RECONNECT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Calls `onWake` on every `NOTIFY mlc_wake`, and after each (re)connection, because what was sent meanwhile is lost.
 * Needs a direct connection: a pooler in transaction mode swallows notifications (the sweep then does the work).
 */
export function listenForWakes(databaseUrl: string, onWake: () => void, log: Log): WakeListener {
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
      application_name: 'mlc-wake',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client = opening;
    opening.on('notification', onWake);
    opening.on('error', (error) => log.warn('dispatch.listen_lost', { error: error.message }));
    opening.once('end', again);
    try {
      await opening.connect();
      await opening.query(`LISTEN ${WAKE_CHANNEL}`);
      isReady();
      onWake();
    } catch (error) {
      log.warn('dispatch.listen_failed', { error: error instanceof Error ? error.message : String(error) });
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
