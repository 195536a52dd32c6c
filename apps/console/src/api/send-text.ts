import { once } from 'node:events';
import type { Response } from 'express';
import type { Sink } from '@mlc/platform/month/sink';

/** Writes pieces as fast as they are read at the other end. */
export function sinkTo(response: Response): Sink {
  return async (piece) => {
    if (response.destroyed) throw new Error('the other end went away');
    if (!response.write(piece)) await once(response, 'drain');
  };
}

/** Headers of a file that is downloaded. */
export function asFile(
  response: Response,
  { name, type }: { readonly name: string; readonly type: string },
): void {
  response.status(200).set({ 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` });
}
