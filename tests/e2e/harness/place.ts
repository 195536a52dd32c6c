import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, SANDBOX_APP } from '@mlc/sandbox';
import { freePort } from '@mlc/testkit/setup/free-port';
import type { Place } from './mlc-process.ts';

const HOST = '127.0.0.1';

/** The stores of a deployment; null is what `mlc` brings along itself. */
export interface PlaceStores {
  readonly databaseUrl: string | null;
  readonly queueUrl: string | null;
}

/** Short waits, so that what has to be waited for is over soon. */
const QUICK = {
  MLC_BACKOFF_BASE_MS: '50',
  MLC_BACKOFF_CAP_MS: '1000',
  MLC_SETTLE_DELAY_MS: '500',
  MLC_SWEEP_INTERVAL_S: '1',
  LOG_LEVEL: 'warn',
};

/** A folder of its own and the whole environment of an installation that talks to this sandbox. */
export async function createPlace(
  sandbox: Sandbox,
  stores: PlaceStores,
  settings: Readonly<Record<string, string>> = {},
): Promise<Place> {
  const cwd = await mkdtemp(join(tmpdir(), 'mlc-e2e-'));
  // As root the embedded Postgres runs as another user, who has to get into the folder.
  await chmod(cwd, 0o755);
  const [ingress, console] = [await freePort(), await freePort()];
  const env = {
    ...(stores.databaseUrl === null ? {} : sharedStores(stores.databaseUrl)),
    ...(stores.queueUrl === null ? {} : { QUEUE_URL: stores.queueUrl }),
    INGRESS_PORT: String(ingress),
    CONSOLE_PORT: String(console),
    MLC_PUBLIC_URL: `http://${HOST}:${String(ingress)}`,
    MLC_CONSOLE_URL: `http://${HOST}:${String(console)}`,
    MLC_ADMIN_TOKEN: randomBytes(16).toString('hex'),
    ...providersOf(sandbox),
    PAYPAL_CERT_CA_FILE: await writeBundle(cwd, sandbox),
    ...QUICK,
    ...settings,
  };
  return { cwd, env };
}

/** Takes the folder away again, with all that processes left in it. */
export function removePlace({ cwd }: Place): Promise<void> {
  return rm(cwd, { recursive: true, force: true });
}

/** A shared database needs keys that all processes know. */
function sharedStores(databaseUrl: string): Record<string, string> {
  return { DATABASE_URL: databaseUrl, MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}` };
}

async function writeBundle(cwd: string, { paypal }: Sandbox): Promise<string> {
  const path = join(cwd, 'paypal-ca.pem');
  await writeFile(path, paypal.caBundle);
  return path;
}

function providersOf({ urls, paypal }: Sandbox): Record<string, string> {
  return {
    FRESHBOOKS_API_URL: urls.freshbooks,
    FRESHBOOKS_AUTH_URL: urls.freshbooks,
    FRESHBOOKS_CLIENT_ID: SANDBOX_APP.clientId,
    FRESHBOOKS_CLIENT_SECRET: SANDBOX_APP.clientSecret,
    FRESHBOOKS_REDIRECT_URI: 'https://connector.test/oauth/freshbooks',
    GOCARDLESS_API_URL: urls.gocardless,
    PAYPAL_API_URL: urls.paypal,
    PAYPAL_CERT_URL_PREFIX: paypal.certUrlPrefix,
  };
}
