import { type CallbackStores, verifierName } from './callbacks.ts';
import type { LoadConnection, WebhookConnection } from './connection-cache.ts';

/** The vault's name of the secrets that sign every delivery of a connection: a JSON array, several during a rotation. */
export const WEBHOOK_SECRETS = 'webhook-secrets';

interface Row {
  readonly business_id: string;
  readonly environment: string;
  readonly settings: unknown;
  readonly callbacks: { readonly id: string; readonly event: string }[];
}

/** Only verified callbacks: a verifier that FreshBooks has not confirmed proves nothing about the sender. */
const SELECT_CONNECTION = `
SELECT business_id, environment, settings, coalesce(
  (SELECT jsonb_agg(jsonb_build_object('id', callback_id, 'event', event) ORDER BY updated_at DESC)
    FROM callbacks WHERE connection_id = connections.id AND state = 'verified'), '[]') AS callbacks
FROM connections WHERE id = $1 AND provider = $2`;

/** Reads connections with their current secrets from Postgres and the vault, for `connectionCache`. */
export function loadWebhookConnection({ database, vault }: CallbackStores): LoadConnection {
  return async (provider, connectionId) => {
    const { rows } = await database.pool.query<Row>({
      name: 'mlc-webhook-connection',
      text: SELECT_CONNECTION,
      values: [connectionId, provider],
    });
    const [row] = rows;
    if (row === undefined) return null;
    const open = (name: string) => vault.getSecret(database.prisma, connectionId, name);
    const common = [...webhookIdsIn(row.settings), ...parseSecrets(await open(WEBHOOK_SECRETS))];
    const verifiers = await readVerifiers(open, row.callbacks);
    const { business_id: businessId, environment } = row;
    const identity = { connectionId, provider, businessId, environment };
    return withSecrets(identity, common, verifiers);
  };
}

/**
 * PayPal's deliveries are signed for a webhook id, which is no secret and so stands in the connection's settings:
 * `webhookId`, and under `webhookIds` others that are still valid while it changes.
 */
function webhookIdsIn(settings: unknown): readonly string[] {
  const { webhookId, webhookIds } = (settings ?? {}) as Readonly<Record<string, unknown>>;
  const others: unknown[] = Array.isArray(webhookIds) ? webhookIds : [];
  return [webhookId, ...others].filter((id): id is string => typeof id === 'string' && id !== '');
}

async function readVerifiers(
  open: (name: string) => Promise<string | null>,
  callbacks: Row['callbacks'],
): Promise<Map<string, string[]>> {
  const verifiers = new Map<string, string[]>();
  for (const { id, event } of callbacks) {
    const verifier = await open(verifierName(id));
    if (verifier !== null) verifiers.set(event, [...(verifiers.get(event) ?? []), verifier]);
  }
  return verifiers;
}

/** A callback on a bare noun signs the posts of all its verbs. */
function withSecrets(
  identity: Omit<WebhookConnection, 'secretsFor'>,
  common: readonly string[],
  verifiers: ReadonlyMap<string, readonly string[]>,
): WebhookConnection {
  if (verifiers.size === 0) return { ...identity, secretsFor: () => common };
  const secretsFor = (pathEvent: string): readonly string[] => {
    const noun = pathEvent.split('.')[0] ?? '';
    const ofNoun = noun === pathEvent ? [] : (verifiers.get(noun) ?? []);
    return [...common, ...(verifiers.get(pathEvent) ?? []), ...ofNoun];
  };
  return { ...identity, secretsFor };
}

function parseSecrets(json: string | null): readonly string[] {
  if (json === null) return [];
  const parsed: unknown = JSON.parse(json);
  if (!Array.isArray(parsed)) return [];
  return parsed.filter((secret): secret is string => typeof secret === 'string' && secret !== '');
}
