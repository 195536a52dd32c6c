import {
  ConnectorError,
  type AccessTokens,
  type Clock,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type RateLimiter,
} from '@mlc/core';
import type { z } from 'zod';
import { takeTurn, translated, type CallInWords } from '../shared/failure.ts';
import { redactBody } from '../shared/redact.ts';
import { isGone, mismatch, readAnswer, type Judgement } from './failures.ts';

/** What every FreshBooks call needs; one connection. */
export interface FreshBooksOptions {
  readonly http: HttpClient;
  /** Shared by all workers of this connection. */
  readonly limiter: RateLimiter;
  readonly tokens: AccessTokens;
  /** `https://api.freshbooks.com`. */
  readonly apiUrl: string;
  /** The accounting account, e.g. `xZNQ1X`. */
  readonly accountId: string;
  /** What the ledger endpoints call the business; only journal entries and their accounts need it. */
  readonly businessUuid?: string | null;
  readonly connectionId: string;
  readonly clock?: Clock;
}

/** One call in FreshBooks' terms. */
export interface FreshBooksCall<T> {
  /** In our words, e.g. `createPayment`. */
  readonly operation: string;
  readonly method: HttpRequest['method'];
  /** Starts with `/`; ids in it are checked or encoded by the caller. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  /** Reads the whole answer. */
  readonly answer: z.ZodType<T>;
  /** An empty 2xx answer is fine (deleting a callback). */
  readonly mayBeEmpty?: boolean;
  /** `x-api-version`, for the endpoints that demand one: it also changes the error family (freshbooks.md 4). */
  readonly version?: string;
  /** A plan or scope may forbid it: then it fails as `rejected` with SCOPE_MISSING and does not park the connection. */
  readonly optional?: boolean;
}

/** Raw calls to one account. The only place where answers are judged. */
export interface FreshBooksClient {
  /** Rejects with ConnectorError. */
  send<T>(call: FreshBooksCall<T>): Promise<T>;
  /** As `send`, but answers null when the object does not exist. */
  find<T>(call: FreshBooksCall<T>): Promise<T | null>;
}

/** Waited on a limit without a stated wait; PM's recordings had windows of a minute (freshbooks.md 4). */
const DEFAULT_PAUSE_MS = 60_000;

/** Used when no clock is passed in; it only turns `Retry-After` dates and token lives into moments. */
export const machineClock: Clock = { now: () => new Date() };

/** Base URLs come from people, with and without a slash at the end. */
export function withoutEndSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The URL of a call. Brackets in names are percent-encoded too: FreshBooks' own Node SDK fails to (freshbooks.md 2.2). */
function urlOf(apiUrl: string, call: FreshBooksCall<unknown>): string {
  const query = (call.query ?? [])
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return `${withoutEndSlash(apiUrl)}${call.path}${query === '' ? '' : `?${query}`}`;
}

function inWords(call: FreshBooksCall<unknown>): CallInWords {
  return {
    provider: 'freshbooks',
    operation: call.operation,
    write: call.method !== 'GET',
    // Only failures tell it.
    get request() {
      const sent = call.body === undefined ? '' : ` ${redactBody(JSON.stringify(call.body))}`;
      return `${call.method} ${call.path}${sent}`;
    },
  };
}

/** No version header unless it is demanded: sending one would change the error family (freshbooks.md 4). */
function toHttp(apiUrl: string, call: FreshBooksCall<unknown>, token: string): HttpRequest {
  return {
    method: call.method,
    url: urlOf(apiUrl, call),
    headers: {
      Authorization: `Bearer ${token}`,
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(call.version === undefined ? {} : { 'x-api-version': call.version }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    idempotentRead: call.method === 'GET',
  };
}

async function sendOnce(
  options: FreshBooksOptions,
  call: FreshBooksCall<unknown>,
  token: string,
): Promise<HttpResponse> {
  const words = inWords(call);
  await takeTurn(options.limiter, words);
  try {
    return await options.http.send(toHttp(options.apiUrl, call, token));
  } catch (error) {
    throw translated(words, error);
  }
}

/** 401 means the request was turned away unread, so even a write may be sent again, once, with a newer token. */
async function sendWithToken(
  options: FreshBooksOptions,
  call: FreshBooksCall<unknown>,
): Promise<{ response: HttpResponse; token: string }> {
  const token = await options.tokens.current();
  const response = await sendOnce(options, call, token);
  if (response.status !== 401) return { response, token };
  const newer = await options.tokens.replacing(token);
  return { response: await sendOnce(options, call, newer), token: newer };
}

function parse<T>(call: FreshBooksCall<T>, response: HttpResponse, judgement: Judgement): T {
  const empty = call.mayBeEmpty === true && response.status < 300 && response.body.trim() === '';
  const parsed = call.answer.safeParse(empty ? {} : readAnswer(response, judgement));
  if (parsed.success) return parsed.data;
  throw mismatch(response, judgement, parsed.error);
}

/** Tells the other workers of this connection. Failing to tell them must not hide the failure itself. */
async function pauseOthers(limiter: RateLimiter, failure: unknown): Promise<void> {
  if (!(failure instanceof ConnectorError) || failure.kind !== 'rate-limited') return;
  await limiter
    .pause(failure.retryAfterMs ?? limiter.unsaidWaitMs ?? DEFAULT_PAUSE_MS)
    .catch(() => undefined);
}

async function send<T>(options: FreshBooksOptions, call: FreshBooksCall<T>): Promise<T> {
  const { response, token } = await sendWithToken(options, call);
  const judgement: Judgement = {
    call: inWords(call),
    connectionId: options.connectionId,
    now: (options.clock ?? machineClock).now(),
    optional: call.optional === true,
    secrets: [token],
  };
  try {
    return parse(call, response, judgement);
  } catch (failure) {
    await pauseOthers(options.limiter, failure);
    throw failure;
  }
}

/** A client for the account in the options. */
export function freshbooksClient(options: FreshBooksOptions): FreshBooksClient {
  return {
    send: (call) => send(options, call),
    async find(call) {
      try {
        return await send(options, call);
      } catch (failure) {
        if (failure instanceof ConnectorError && isGone(failure)) return null;
        throw failure;
      }
    },
  };
}
