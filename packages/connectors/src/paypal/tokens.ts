import {
  type AccessTokens,
  type Clock,
  ConnectorError,
  type HttpClient,
  type HttpResponse,
  type RateLimiter,
} from '@mlc/core';
import { z } from 'zod';
import { type CallInWords, takeTurn, translated } from '../shared/failure.ts';
import { failureFromAnswer, understand } from './failures.ts';
import { withoutEndSlash } from './request.ts';

/** The REST app of one business, and the way to PayPal. */
export interface PaypalApp {
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
  /** `https://api-m.paypal.com`, its sandbox, or an override. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  readonly connectionId: string;
  readonly clock: Clock;
}

/** What came with the token that is in use. */
export interface Grant {
  readonly appId: string | null;
  /** The only reliable list of what is switched on for the app (paypal.md 1.1). */
  readonly scopes: readonly string[];
}

/** Access tokens of one connection, with what they allow. */
export interface PaypalTokens extends AccessTokens {
  granted(): Promise<Grant>;
  /**
   * A token that may allow what the refused one did not: a feature that was switched on meanwhile is only in tokens made
   * after that (paypal.md 1.1). Null when the refusal stands: asked for too recently, or PayPal gave out nothing newer.
   */
  afterRefusal(refused: string): Promise<string | null>;
}

interface Held extends Grant {
  readonly accessToken: string;
  readonly askedAtMs: number;
  readonly freshUntilMs: number;
}

/** A token is given up this long before it ends… */
const MARGIN_MS_MAX = 5 * 60_000;
/** …or after this share of a short life: PayPal may hand the same token out again with little left (paypal.md 1.1). */
const MARGIN_SHARE = 0.1;
/** A token this young knows what is switched on: a refusal of it stands. */
const YOUNG_MS = 5_000;
/** Refusals lead to one request for a token in so many waits after a 429: 5 minutes, unless that wait is configured. */
const WAITS_PER_RENEWAL = 5;
/** Waited after a 429 that does not say for how long. */
export const UNSAID_WAIT_MS = 60_000;

const PATH = '/v1/oauth2/token';
const CALL: CallInWords = {
  provider: 'paypal',
  operation: 'requestToken',
  // Asking twice does no harm.
  write: false,
  request: `POST ${PATH} grant_type=client_credentials`,
};

const issued = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  app_id: z.string().nullish(),
  scope: z.string().nullish(),
});

/**
 * Tokens by client credentials, kept in memory until shortly before they end; however many callers ask, one request goes
 * out at a time. Rejects with ConnectorError: `unauthorised` when PayPal does not take the app's credentials.
 */
export function paypalTokens(app: PaypalApp): PaypalTokens {
  let held: Held | undefined;
  let asking: Promise<Held> | undefined;
  let renewedAtMs = -Infinity;
  const ask = (): Promise<Held> => {
    asking ??= request(app)
      .then((got) => (held = got))
      .finally(() => (asking = undefined));
    return asking;
  };
  const fresh = async (): Promise<Held> =>
    held !== undefined && app.clock.now().getTime() < held.freshUntilMs ? held : ask();
  const mayRenew = ({ askedAtMs }: Held): boolean => {
    const nowMs = app.clock.now().getTime();
    if (nowMs < Math.max(askedAtMs + YOUNG_MS, renewedAtMs + renewalEveryMs(app.limiter))) return false;
    renewedAtMs = nowMs;
    return true;
  };
  const afterRefusal = async (refused: string): Promise<string | null> => {
    if (held?.accessToken === refused && asking === undefined && !mayRenew(held)) return null;
    const newer = await (held?.accessToken === refused ? ask() : fresh()).catch(standing);
    return newer === null || newer.accessToken === refused ? null : newer.accessToken;
  };
  return {
    current: async () => (await fresh()).accessToken,
    replacing: async (rejected) => {
      if (held?.accessToken === rejected) held = undefined;
      return (await fresh()).accessToken;
    },
    granted: fresh,
    afterRefusal,
  };
}

function renewalEveryMs({ unsaidWaitMs = UNSAID_WAIT_MS }: RateLimiter): number {
  return unsaidWaitMs * WAITS_PER_RENEWAL;
}

/** The refused token is still good for other calls: what failed here is the attempt to get a better one. */
function standing(error: unknown): null {
  if (error instanceof ConnectorError) return null;
  throw error;
}

async function request(app: PaypalApp): Promise<Held> {
  const { connectionId, clock, limiter } = app;
  const secret = await app.clientSecret();
  await takeTurn(limiter, CALL);
  const askedAt = clock.now();
  const answer = await post(app, secret);
  if (answer.status < 200 || answer.status > 299) {
    const failure = failureFromAnswer(CALL, answer, { connectionId, now: clock.now(), secrets: [secret] });
    await pauseOthers(limiter, failure);
    throw failure;
  }
  const token = understand(CALL, answer, issued, [secret]);
  const lifeMs = token.expires_in * 1000;
  return {
    accessToken: token.access_token,
    askedAtMs: askedAt.getTime(),
    freshUntilMs: askedAt.getTime() + lifeMs - Math.min(MARGIN_MS_MAX, lifeMs * MARGIN_SHARE),
    appId: token.app_id ?? null,
    scopes: (token.scope ?? '').split(' ').filter((scope) => scope !== ''),
  };
}

async function post({ http, apiUrl, clientId }: PaypalApp, secret: string): Promise<HttpResponse> {
  try {
    return await http.send({
      method: 'POST',
      url: withoutEndSlash(apiUrl) + PATH,
      headers: {
        Authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      idempotentRead: false,
    });
  } catch (error) {
    throw translated(CALL, error);
  }
}

/** Tells the other workers of this connection. Failing to tell them must not hide the failure itself. */
export async function pauseOthers(limiter: RateLimiter, failure: unknown): Promise<void> {
  if (!(failure instanceof ConnectorError) || failure.kind !== 'rate-limited') return;
  await limiter.pause(failure.retryAfterMs ?? limiter.unsaidWaitMs ?? UNSAID_WAIT_MS).catch(() => undefined);
}
