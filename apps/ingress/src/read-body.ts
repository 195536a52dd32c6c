import type { IncomingMessage } from 'node:http';

/** Largest body taken, in bytes. */
export const BODY_BYTES_MAX = 1024 * 1024;

/** The body, or why there is none: more than BODY_BYTES_MAX, or the sender went away before its end. */
export type Body = Buffer | 'too-large' | 'aborted';

/** True when the sender itself announces too much. */
export function announcesTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX;
}

/** Reads the raw bytes and nothing else: a body parser before the signature check would be one more thing to attack. */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= BODY_BYTES_MAX) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take);
      discard(request);
      resolve('too-large');
    };
    request.on('data', take);
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)),
    );
    request.on('close', () => resolve('aborted'));
    request.on('error', () => resolve('aborted'));
    if (request.destroyed) resolve('aborted');
  });
}

/** Lets the rest of an unwanted body run off, so that its sender gets to read the answer; requestTimeout bounds it. */
export function discard(request: IncomingMessage): void {
  request.resume();
}
