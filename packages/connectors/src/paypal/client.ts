import type { Clock, HttpClient, HttpResponse, RateLimiter } from '@mlc/core';
import type { z } from 'zod';
import { takeTurn, translated } from '../shared/failure.ts';
import { saysMissing } from './complaint.ts';
import { asksForNewToken, failureFromAnswer, refusesScope, understand } from './failures.ts';
import { inWords, type Outgoing, toHttp } from './request.ts';
import { type PaypalTokens, pauseOthers } from './tokens.ts';

/** PayPal's own addresses by the environment of a connection (paypal.md 0). */
export const PAYPAL_API_URLS: Readonly<Record<string, string>> = {
  live: 'https://api-m.paypal.com',
  sandbox: 'https://api-m.sandbox.paypal.com',
};

/**
 * Calls a connection may make. PayPal publishes no numbers and its 429 is honoured (paypal.md 1.5); this only keeps a
 * runaway from flooding it.
 */
export const PAYPAL_ALLOWANCE = { points: 1_200, perMs: 60_000 } as const;

/** What every PayPal call needs; one connection. */
export interface PaypalAccess {
  readonly http: HttpClient;
  /** Shared by all workers of this connection. */
  readonly limiter: RateLimiter;
  /** From `paypalTokens`: one per connection, so that one token serves all calls. */
  readonly tokens: Omit<PaypalTokens, 'granted'>;
  /** `https://api-m.paypal.com`, its sandbox, or an override; no trailing slash needed. */
  readonly apiUrl: string;
  readonly connectionId: string;
  readonly clock: Clock;
}

/** One call and how its answer is read. */
export interface PaypalCall<T> extends Outgoing {
  readonly answer: z.ZodType<T>;
}

/** Raw calls to one account. The only place where answers are judged. Rejects with ConnectorError. */
export interface PaypalClient {
  send<T>(call: PaypalCall<T>): Promise<T>;
  /** As `send`, but answers null when the object does not exist. */
  find<T>(call: PaypalCall<T>): Promise<T | null>;
}

interface Exchange {
  readonly answer: HttpResponse;
  readonly token: string;
}

/** A client for one connection. */
export function paypalClient(access: PaypalAccess): PaypalClient {
  return {
    send: async (call) => read(access, call, await exchange(access, call)),
    find: async (call) => {
      const got = await exchange(access, call);
      return saysMissing(got.answer.status, got.answer.body) ? null : read(access, call, got);
    },
  };
}

/**
 * 401 and a refusal of scope mean that the request was turned away undone, so even a write may be sent again, once, with
 * a newer token.
 */
async function exchange(access: PaypalAccess, call: Outgoing): Promise<Exchange> {
  const token = await access.tokens.current();
  const answer = await sendOnce(access, call, token);
  const newer = await newerToken(access.tokens, answer, token);
  if (newer === null) return { answer, token };
  return { answer: await sendOnce(access, call, newer), token: newer };
}

async function newerToken(
  tokens: PaypalAccess['tokens'],
  answer: HttpResponse,
  token: string,
): Promise<string | null> {
  if (asksForNewToken(answer)) return tokens.replacing(token);
  return refusesScope(answer) ? tokens.afterRefusal(token) : null;
}

async function sendOnce(access: PaypalAccess, outgoing: Outgoing, token: string): Promise<HttpResponse> {
  const call = inWords(outgoing);
  await takeTurn(access.limiter, call);
  try {
    return await access.http.send(toHttp(access.apiUrl, outgoing, token));
  } catch (error) {
    throw translated(call, error);
  }
}

async function read<T>(access: PaypalAccess, call: PaypalCall<T>, { answer, token }: Exchange): Promise<T> {
  const words = inWords(call);
  const secrets = [token];
  if (answer.status >= 200 && answer.status < 300) return understand(words, answer, call.answer, secrets);
  const { connectionId, clock, limiter } = access;
  const failure = failureFromAnswer(words, answer, { connectionId, now: clock.now(), secrets });
  await pauseOthers(limiter, failure);
  throw failure;
}
