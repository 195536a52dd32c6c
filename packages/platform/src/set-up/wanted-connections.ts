import type { Clock } from '@mlc/core';
import type { BusinessFile } from '../config/business-file.ts';
import { storeTokens } from '../vault/stored-tokens.ts';
import type { Vault } from '../vault/vault.ts';
import { type Credential, hashOf, NONE, type WantedConnection } from './apply-connection.ts';
import { trustCallback } from '../connections/callbacks.ts';
import type { Database } from '../postgres/database.ts';
import { WEBHOOK_SECRETS } from '../connections/webhook-connections.ts';

/** What writing credentials needs. */
export interface CredentialStores {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

type Connections = BusinessFile['connections'];
type Part<Name extends keyof Connections> = NonNullable<Connections[Name]>;

/**
 * Fingerprint of the tokens in a file, as it is kept once they were applied. Without `expiresAt`: the same tokens with
 * another time are still the old ones, and a spent refresh token must not come back (freshbooks.md 1.4).
 */
export function tokensHash({ accessToken, refreshToken }: Part<'freshbooks'>): string {
  return hashOf([accessToken, refreshToken]);
}

function freshbooksOf(file: Part<'freshbooks'>, stores: CredentialStores): WantedConnection {
  const { accountId, businessId = null, businessUuid = null, accessToken, refreshToken, expiresAt } = file;
  const tokens: Credential = {
    part: 'credentials',
    hash: tokensHash(file),
    write: (tx, id) =>
      storeTokens(tx, stores.vault, id, {
        accessToken,
        refreshToken,
        expiresAt: new Date(expiresAt),
        obtainedAt: stores.clock.now(),
      }),
  };
  const callbacks = file.callbacks.map((callback) => callbackOf(callback, stores));
  return {
    provider: 'freshbooks',
    environment: 'live',
    settings: { accountId, businessId, businessUuid },
    credentials: [tokens, ...callbacks],
  };
}

function callbackOf(
  { event, callbackId, verifier }: Part<'freshbooks'>['callbacks'][number],
  stores: CredentialStores,
): Credential {
  return {
    part: `callback:${callbackId}`,
    hash: hashOf([event, verifier]),
    write: (tx, connectionId) =>
      trustCallback(stores, { connectionId, callbackId: String(callbackId), event }, verifier, tx),
  };
}

function gocardlessOf(file: Part<'gocardless'>, { vault }: CredentialStores): WantedConnection {
  const { environment, accessToken, webhookSecrets, creditorId } = file;
  const token: Credential = {
    part: 'credentials',
    hash: hashOf([accessToken]),
    write: (tx, id) => vault.putSecret(tx, id, 'access-token', accessToken),
  };
  const secrets: Credential = {
    part: 'webhook-secrets',
    hash: hashOf(webhookSecrets),
    write: (tx, id) => vault.putSecret(tx, id, WEBHOOK_SECRETS, JSON.stringify(webhookSecrets)),
  };
  const settings = { creditorId: creditorId ?? NONE };
  return { provider: 'gocardless', environment, settings, credentials: [token, secrets] };
}

function paypalOf(file: Part<'paypal'>, { vault }: CredentialStores): WantedConnection {
  const { environment, clientId, clientSecret, webhookId = null, merchantId } = file;
  const secret: Credential = {
    part: 'credentials',
    hash: hashOf([clientId, clientSecret]),
    write: (tx, id) => vault.putSecret(tx, id, 'client-secret', clientSecret),
  };
  const settings = { clientId, webhookId, merchantId };
  return { provider: 'paypal', environment, settings, credentials: [secret] };
}

/** The connections a file names, in a fixed order. */
export function wantedConnections(file: BusinessFile, stores: CredentialStores): WantedConnection[] {
  const { freshbooks, gocardless, paypal } = file.connections;
  return [
    ...(freshbooks === undefined ? [] : [freshbooksOf(freshbooks, stores)]),
    ...(gocardless === undefined ? [] : [gocardlessOf(gocardless, stores)]),
    ...(paypal === undefined ? [] : [paypalOf(paypal, stores)]),
  ];
}
