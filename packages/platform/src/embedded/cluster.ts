import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { ownFolder } from '../files/own-file.ts';
import { binariesFor, runProgram, SHARED_FOLDER } from './binaries.ts';
import { canReach, serverUser, type ServerUser } from './server-user.ts';

/** The embedded cluster of one MLC_DATA_DIR. */
export interface Cluster {
  /** Postgres' data directory. */
  readonly folder: string;
  readonly logFile: string;
  readonly binaries: string;
  readonly user: ServerUser | null;
  readonly settings: ClusterSettings;
}

/** Kept in `postgres.json`, mode 0600. */
export interface ClusterSettings {
  readonly port: number;
  readonly password: string;
  readonly folder: string;
}

export const ROLE = 'mlc';

/** Given to initdb and at every start: initdb takes the machine's zone, and clusters from before this have it. */
export const ZONE_OPTIONS = ['-c', 'timezone=UTC', '-c', 'log_timezone=UTC'];

/** fsync and full_page_writes stay at their defaults (on): what was answered 200 survives a power cut. */
const SERVER_CONF = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
`;

/** The cluster, initialised at first. Call it under the lock. */
export async function openCluster(dataDir: string): Promise<Cluster> {
  await ownFolder(dataDir);
  const user = serverUser();
  // 0700 either way; root still gets in, and the server's user gets through.
  if (user !== null) await chown(dataDir, user.uid, user.gid);
  const settings = (await readSettings(dataDir)) ?? (await newSettings(dataDir, user));
  const binaries = await binariesFor(user);
  const { folder } = settings;
  const cluster = { folder, binaries, user, settings, logFile: join(dirname(folder), 'postgres.log') };
  if (!existsSync(join(folder, 'PG_VERSION'))) await initialise(cluster);
  return cluster;
}

const settingsFile = (dataDir: string) => join(dataDir, 'postgres.json');

async function readSettings(dataDir: string): Promise<ClusterSettings | null> {
  const text = await readFile(settingsFile(dataDir), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ClusterSettings);
}

/** Replaces the file as a whole. */
export async function writeSettings(dataDir: string, settings: ClusterSettings): Promise<void> {
  const draft = `${settingsFile(dataDir)}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(settings)}\n`, { mode: 0o600, flush: true });
  await rename(draft, settingsFile(dataDir));
}

/** Written before the cluster exists: a crash in between must not leave one whose password nobody knows. */
async function newSettings(dataDir: string, user: ServerUser | null): Promise<ClusterSettings> {
  const folder = canReach(user, dataDir)
    ? join(dataDir, 'postgres')
    : join(SHARED_FOLDER, randomUUID(), 'postgres');
  if (existsSync(folder))
    throw new Error(
      `${settingsFile(dataDir)} is gone but ${folder} is there: restore the file, or move the folder away`,
    );
  const settings = { port: await freePort(), password: randomBytes(24).toString('hex'), folder };
  await writeSettings(dataDir, settings);
  return settings;
}

/** A port of 127.0.0.1 nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function initialise(cluster: Cluster): Promise<void> {
  const { folder, binaries, user, settings } = cluster;
  const draft = `${folder}.new`;
  const passwordFile = `${draft}.password`;
  await rm(draft, { recursive: true, force: true });
  if (folder.startsWith(SHARED_FOLDER)) await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  for (const path of [dirname(folder), draft]) await makeFolderOf(user, path);
  await writeFile(passwordFile, settings.password, { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  try {
    const auth = ['--auth=scram-sha-256', `--username=${ROLE}`, `--pwfile=${passwordFile}`];
    const texts = ['--encoding=UTF8', '--locale=C', ...ZONE_OPTIONS];
    await runProgram(binaries, 'initdb', ['-D', draft, ...auth, ...texts], user);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(join(draft, 'postgresql.conf'), SERVER_CONF);
  await rename(draft, folder);
}

async function makeFolderOf(user: ServerUser | null, path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user !== null) await chown(path, user.uid, user.gid);
}
