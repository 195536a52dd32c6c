import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whom the server runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

function fromPasswd(name: string): ServerUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

function createPostgresUser(): void {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
      stdio: 'ignore',
    });
  } catch {
    // No useradd, or a read-only image: `nobody` does as well.
  }
}

/** Postgres refuses to run as root: then it runs as `postgres` (made if missing), else as `nobody`. null = as ourselves. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = fromPasswd('postgres');
  if (known !== null) return known;
  createPostgresUser();
  const user = fromPasswd('postgres') ?? fromPasswd('nobody');
  if (user !== null) return user;
  throw new Error(
    'Postgres cannot run as root and there is no user postgres or nobody: create one, or set DATABASE_URL',
  );
}

/** Whether that user gets as far as the path: a project under /root is closed to everybody else. */
export function canReach(user: ServerUser | null, path: string): boolean {
  if (user === null) return true;
  return (
    spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
  );
}
