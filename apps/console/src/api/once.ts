import { claimKey, keepAnswer, type KeyedRequest, releaseKey } from '@mlc/platform/accounts/idempotency';
import type { Desk } from '@mlc/platform/accounts/desk';
import { sha256Hex } from '@mlc/platform/clock/system';
import type { Request } from 'express';
import type { Caller } from '../door/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Reply, Route } from './route.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** A POST that carries an Idempotency-Key: its effect happens once, its answer is repeated for 24 hours. @throws Problem */
export async function once(
  desk: Desk,
  asked: { route: Route; request: Request; caller: Caller; key: string },
  run: () => Promise<Reply<unknown>>,
): Promise<Reply<unknown>> {
  const request = keyedRequest(asked);
  const claimed = await claimKey(desk, request);
  switch (claimed.kind) {
    case 'running':
      throw new Problem('key-running', 'The first request of this key still runs.', { retryAfterMs: 1_000 });
    case 'other-request':
      throw new Problem('key-reused', 'This Idempotency-Key was used for another request.');
    case 'answered':
      if (asked.route.isSecret === true)
        throw new Problem('already-done', 'It was made before, and what is secret of it is shown once.');
      return { body: claimed.body };
    case 'run':
      return runOnce(
        desk,
        { request, isSecret: asked.route.isSecret === true, status: asked.route.status },
        run,
      );
  }
}

async function runOnce(
  desk: Desk,
  { request, isSecret, status }: { request: KeyedRequest; isSecret: boolean; status: number },
  run: () => Promise<Reply<unknown>>,
): Promise<Reply<unknown>> {
  try {
    const reply = await run();
    await keepAnswer(desk, request, { status, body: isSecret ? null : reply.body });
    return reply;
  } catch (error) {
    // Nothing happened, or it is not known: the effects have keys of their own underneath.
    await releaseKey(desk, request);
    throw error;
  }
}

function keyedRequest({
  request,
  caller,
  key,
}: {
  request: Request;
  caller: Caller;
  key: string;
}): KeyedRequest {
  if (!KEY.test(key)) {
    const errors = [{ pointer: 'Idempotency-Key', message: '1 to 200 printable characters' }];
    throw new Problem('invalid', 'The Idempotency-Key cannot be read.', { errors });
  }
  const said = JSON.stringify([request.method, request.originalUrl, request.body ?? null]);
  return { caller: caller.id, key, requestHash: sha256Hex(said) };
}
