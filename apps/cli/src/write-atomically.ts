import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RefusedError } from './shell.ts';

/**
 * Writes a file piece by piece and puts it in its place at once, so that nobody ever reads half of it.
 * @throws RefusedError when it cannot be written there.
 */
export async function writeAtomically(
  path: string,
  write: (sink: (piece: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}.draft`);
  const file = await open(draft, 'wx').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new RefusedError(`${path} cannot be written: ${why}`, { cause: error });
  });
  try {
    await write((piece) => file.appendFile(piece));
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
