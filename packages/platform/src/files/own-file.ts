import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Our folder: nobody else may look into it. Makes it, with mode 0700. */
export async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o700);
}

/**
 * Creates a file of mode 0600 with its whole content at once, unless it is there already. Of several processes exactly
 * one creates it and the others see a complete file. True = created by this call.
 */
export async function createOnce(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx', flush: true });
  try {
    // A hard link fails when the name is taken, where a rename would replace it.
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The content of the file, made by `make` the first time. */
export async function readOrCreate(
  path: string,
  make: () => string,
): Promise<{ content: string; created: boolean }> {
  await ownFolder(dirname(path));
  const created = await createOnceIfMissing(path, make);
  return { content: (await readFile(path, 'utf8')).trim(), created };
}

async function createOnceIfMissing(path: string, make: () => string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch {
    return createOnce(path, `${make()}\n`);
  }
}
