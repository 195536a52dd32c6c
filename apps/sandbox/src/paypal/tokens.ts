import { randomBytes, randomUUID } from 'node:crypto';
import { identityRefusal, silent } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';
import { seconds } from './times.ts';
import type { Wire } from './wire-tools.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
/** A token this close to its end is not handed out again. */
const REUSE_MARGIN_MS = 10 * MINUTE_MS;
const APP_ID = 'APP-80W284485P519543T';

/** A token that was given out. */
export interface Grant {
  readonly token: string;
  readonly world: World;
  readonly scopes: readonly string[];
  readonly nonce: string;
  readonly expiresMs: number;
}

/** Access tokens of all merchants. They live by the sandbox's clock. */
export class TokenDesk {
  /** Tokens given out, repeats not counted. */
  issued = 0;
  readonly #worlds = new Map<string, World>();
  readonly #grants = new Map<string, Grant>();
  readonly #revoked = new Set<string>();
  readonly settings: Settings;
  readonly #now: () => number;
  #badAttempts: number[] = [];

  constructor(settings: Settings, now: () => number) {
    this.settings = settings;
    this.#now = now;
  }

  register(world: World): void {
    this.#worlds.set(world.merchant.clientId, world);
  }

  /** `client_credentials`: the earlier token while it lasts, or a new one. Refuses wrong credentials. */
  grant(clientId: string, clientSecret: string): Grant {
    const world = this.#worlds.get(clientId);
    if (world?.merchant.clientSecret !== clientSecret) throw this.#refuseCredentials();
    const earlier = [...this.#grants.values()].findLast((grant) => grant.world === world);
    const isLasting = earlier !== undefined && earlier.expiresMs - this.#now() > REUSE_MARGIN_MS;
    return this.settings.reuseTokens && isLasting ? earlier : this.#issue(world);
  }

  answer({ scopes, token, nonce, expiresMs }: Grant): Wire {
    return {
      scope: scopes.join(' '),
      access_token: token,
      token_type: 'Bearer',
      app_id: APP_ID,
      expires_in: Math.floor((expiresMs - this.#now()) / 1000),
      nonce,
    };
  }

  /** The grant of a token; refuses unknown, expired and revoked ones in the style of the settings. */
  check(token: string): Grant {
    const grant = this.#grants.get(token);
    if (grant !== undefined && grant.expiresMs > this.#now()) return grant;
    const isKnown = grant !== undefined || this.#revoked.has(token);
    throw this.refuseToken(
      isKnown ? 'Access Token not found in cache' : 'Token signature verification failed',
    );
  }

  /** Every token of a client, or of all, is dead from now on. */
  revoke(clientId?: string): number {
    const dead = [...this.#grants.values()].filter(
      ({ world }) => clientId === undefined || world.merchant.clientId === clientId,
    );
    for (const { token } of dead) {
      this.#grants.delete(token);
      this.#revoked.add(token);
    }
    return dead.length;
  }

  refuseToken(why: string): Refusal {
    const challenge = {
      'www-authenticate': `Bearer error="invalid_token",correlation_id="${randomUUID().slice(0, 13)}",realm="UnknownRealm"`,
    };
    if (this.settings.unauthorisedStyle === 'empty') return silent(401, challenge);
    return identityRefusal(401, 'invalid_token', why);
  }

  #issue(world: World): Grant {
    this.issued += 1;
    const grant = {
      token: `A21AA${randomBytes(69).toString('base64url')}`,
      world,
      scopes: [...world.merchant.scopes],
      nonce: `${seconds(this.#now())}${randomBytes(32).toString('base64url')}`,
      expiresMs: this.#now() + this.settings.tokenLifeSeconds * 1000,
    };
    this.#grants.set(grant.token, grant);
    return grant;
  }

  /** After too many a minute only an empty 429 (paypal.md 1.5). */
  #refuseCredentials(): Refusal {
    const now = this.#now();
    this.#badAttempts = [...this.#badAttempts.filter((at) => now - at < MINUTE_MS), now];
    const max = this.settings.badCredentialsPerMinute;
    if (max !== null && this.#badAttempts.length > max) return silent(429);
    return identityRefusal(401, 'invalid_client', 'Client Authentication failed');
  }
}
