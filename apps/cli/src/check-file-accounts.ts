import { freshbooksAccount, PAYPAL_API_URLS, paypalAccount, paypalTokens } from '@mlc/connectors';
import type { AccountComparison } from '@mlc/core';
import { type BusinessFile, BusinessFileError } from '@mlc/platform/config/business-file';
import type { Config } from '@mlc/platform/config/config';
import type { Database } from '@mlc/platform/postgres/database';
import { keptFreshbooks } from '@mlc/platform/set-up/kept-freshbooks';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import { systemClock, systemRandom } from '@mlc/platform/clock/system';
import { askWithFile, NO_LIMIT } from './ask-with-file.ts';

/** A person waits: a provider that does not answer soon is not waited for. */
const LIMITS = { connectTimeoutMs: 3_000, totalTimeoutMs: 10_000, readRetries: 1 };

/** What was found out of one connection, and the field of the file that it is about. */
interface Compared extends AccountComparison {
  readonly path: string;
}

/**
 * Asks FreshBooks and PayPal whose the file's credentials are, before anything of it is applied: credentials of one account and
 * the id of another would read one account's money as the other's. Returns notices about what could not be compared.
 * @throws BusinessFileError for what is definitely another account's.
 */
export async function checkFileAccounts(
  { config, database }: { readonly config: Config; readonly database: Database },
  file: BusinessFile,
): Promise<readonly string[]> {
  const both = await Promise.all([compareFreshbooks(config, database, file), comparePaypal(config, file)]);
  const compared = both.filter((one) => one !== null);
  const wrong = compared.filter(({ verdict }) => verdict === 'other');
  if (wrong.length > 0) throw new BusinessFileError(wrong.map(({ path, said }) => ({ path, message: said })));
  return compared
    .filter(({ verdict }) => verdict === 'unknown')
    .map(
      ({ path, said }) => `${path} could not be compared with the account (${said}); it is applied unchecked`,
    );
}

/** Tokens that were applied before were compared then, and are `mlc ping`'s since: applying again does not use them up. */
async function compareFreshbooks(
  config: Config,
  database: Database,
  file: BusinessFile,
): Promise<Compared | null> {
  const kept = await keptFreshbooks(database, file);
  if (kept !== null && !kept.fileIsNewer) return null;
  const found = await askWithFile({ config, file, limits: LIMITS }, (options) =>
    options === null ? Promise.resolve(null) : freshbooksAccount(options),
  );
  return found === null ? null : { ...found, path: 'connections.freshbooks.accountId' };
}

async function comparePaypal(config: Config, file: BusinessFile): Promise<Compared | null> {
  const { paypal } = file.connections;
  if (paypal === undefined) return null;
  const { clientId, clientSecret, merchantId, environment } = paypal;
  const http = createHttpClient({ version: '0.1.0', random: systemRandom, ...LIMITS });
  const apiUrl = config.paypal.apiUrl ?? PAYPAL_API_URLS[environment] ?? '';
  const app = { http, limiter: NO_LIMIT, apiUrl, connectionId: 'new', clock: systemClock, clientId };
  try {
    const tokens = paypalTokens({ ...app, clientSecret: () => Promise.resolve(clientSecret) });
    const found = await paypalAccount({ ...app, tokens, merchantId });
    return { ...found, path: 'connections.paypal.merchantId' };
  } finally {
    http.close();
  }
}
