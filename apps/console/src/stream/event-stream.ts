import type { Business } from '@mlc/core';
import type { Request, Response } from 'express';
import { Problem } from '../http/problem.ts';
import type { Behind, ChangeFeed } from './change-feed.ts';
import { changesOf } from './changes-of.ts';

/** One browser that hears what changes in a business. */
export interface Streaming {
  readonly business: Business;
  readonly feed: ChangeFeed;
  readonly request: Request;
  readonly response: Response;
  readonly now: () => Date;
  /** Whether who listens may still: asked with each heartbeat. */
  readonly isStillIn: () => Promise<boolean>;
}

const HEARTBEAT_MS = 15_000;
const STATUS_MS = 5_000;
const STREAMS_MAX = 200;
/** More than that are told as "some": without ids. */
const IDS_MAX = 50;

/** Sends what changes until the browser or the session goes. @throws Problem when there are too many */
export async function streamChanges(streaming: Streaming): Promise<void> {
  const { business, feed, request, response } = streaming;
  if (feed.listeners >= STREAMS_MAX)
    throw new Problem('unavailable', 'Too many pages listen: this one asks now and then.', {
      retryAfterMs: 60_000,
    });
  response.status(200).set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  const send = writerOf(response, business.slug);
  const hear = hearing(send, streaming.now);
  // Listening begins before what was missed is read: told twice is read twice, and nothing is left out.
  const listening = await feed.listen({ businessId: business.id, hear });
  const heartbeat = setInterval(() => {
    void streaming.isStillIn().then(
      (isIn) => (isIn ? response.write(': still here\n\n') : end()),
      () => response.write(': still here\n\n'),
    );
  }, HEARTBEAT_MS);
  const end = (): void => {
    send('signed-out', [], null);
    response.end();
  };
  response.once('close', () => {
    clearInterval(heartbeat);
    listening.stop();
  });
  await missed({ business, feed, send, hear }, request.get('last-event-id'));
}

/** What is heard, sent; that something changed at all is told every five seconds at most. */
function hearing(send: Send, now: () => Date): (behind: Behind) => void {
  let statusAt = 0;
  return ({ seq, entries }) => {
    if (entries === null) send('reset', [], seq);
    else for (const [kind, ids] of changesOf(entries)) send(kind, [...ids], seq);
    const at = now().getTime();
    if (at - statusAt < STATUS_MS) return;
    statusAt = at;
    send('status', [], seq);
  };
}

type Send = (event: string, ids: readonly string[], seq: number | null) => void;

function writerOf(response: Response, slug: string): Send {
  return (event, ids, seq) => {
    const id = seq === null ? '' : `id: ${slug}:${String(seq)}\n`;
    const data = JSON.stringify({ business: slug, ids: ids.length > IDS_MAX ? [] : ids });
    response.write(`${id}event: ${event}\ndata: ${data}\n\n`);
  };
}

interface Catching {
  readonly business: Business;
  readonly feed: ChangeFeed;
  readonly send: Send;
  readonly hear: (behind: Behind) => void;
}

/** What came since the browser last heard; a first visit hears where the chain stands. */
async function missed(
  { business, feed, send, hear }: Catching,
  lastEventId: string | undefined,
): Promise<void> {
  const [, slug, digits] = /^(.+):(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
  const isOurs = slug === business.slug && digits !== undefined;
  const behind = await feed.since(business.id, isOurs ? Number(digits) : Number.MAX_SAFE_INTEGER);
  if (lastEventId === undefined) send('status', [], behind.seq);
  else if (behind.entries === null || behind.entries.length > 0) hear(behind);
}
