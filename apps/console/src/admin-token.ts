import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@mlc/platform/config/config';
import { readOrCreate } from '@mlc/platform/files/own-file';

/** What opens the console. `created`: it was made just now and has to be shown, once. */
export interface AdminToken {
  readonly token: string;
  readonly created: boolean;
  /** Where it is kept; null when it comes from MLC_ADMIN_TOKEN. */
  readonly path: string | null;
}

/** MLC_ADMIN_TOKEN, else the one in `MLC_DATA_DIR/admin-token` (mode 0600), generated at first use. */
export async function adminTokenOf(config: Pick<Config, 'adminToken' | 'dataDir'>): Promise<AdminToken> {
  if (config.adminToken !== null) return { token: config.adminToken, created: false, path: null };
  const path = pathIn(config.dataDir);
  const { content, created } = await readOrCreate(path, () => randomBytes(32).toString('base64url'));
  return { token: content, created, path };
}

/** The token in `MLC_DATA_DIR/admin-token`; null when none was ever generated there. */
export async function generatedAdminToken(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(pathIn(dataDir), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'admin-token');
}
