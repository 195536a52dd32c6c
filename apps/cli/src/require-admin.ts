import { createHash, timingSafeEqual } from 'node:crypto';
import { generatedAdminToken } from '@mlc/console';
import { readAdminTokens } from '@mlc/platform/config/admin-tokens';
import { RefusedError, type Shell } from './shell.ts';

/** Same length for both, so that not even that shows in the time it takes. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/**
 * For what only an admin may do: the token of `--admin-token`, else MLC_ADMIN_TOKEN of the command's environment, must be
 * the deployment's: that of its `.env` file, else the generated one in its data folder. Only where neither is, the
 * environment itself is the deployment's. @throws RefusedError
 */
export async function requireAdmin(shell: Shell, dataDir: string, option: string | undefined): Promise<void> {
  const { file, environment } = readAdminTokens(shell.env, shell.cwd);
  const given = option ?? environment;
  const where = `MLC_ADMIN_TOKEN of the deployment, else the file admin-token in ${dataDir}`;
  if (given === null || given === '')
    throw new RefusedError(`only an admin may do this: give --admin-token (${where})`);
  const expected = file ?? (await generatedAdminToken(dataDir)) ?? environment;
  if (expected === null)
    throw new RefusedError(`this deployment has no admin token yet: mlc console makes one (${where})`);
  if (!timingSafeEqual(digest(given), digest(expected)))
    throw new RefusedError(`that is not the admin token of this deployment (${where})`);
}
