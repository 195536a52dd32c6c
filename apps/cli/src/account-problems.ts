import { freshbooksAccount, paypalAccount } from '@mlc/connectors';
import type { AccessTokens, AccountComparison } from '@mlc/core';
import type { Config } from '@mlc/platform/config/config';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import type { Database } from '@mlc/platform/postgres/database';
import { systemClock, systemRandom } from '@mlc/platform/clock/system';
import { vaultKeysOf } from '@mlc/platform/lifecycle/own-keys';
import { restingTokens } from '@mlc/platform/vault/resting-tokens';
import { openVault } from '@mlc/platform/vault/vault';
import { type Connections, openConnections } from '@mlc/worker';
import { quietLog } from './quiet-log.ts';

interface Compared extends AccountComparison {
  /** Which connection, for people. */
  readonly of: string;
}

/** Connections whose credentials are of another account than they name, and what is to be said when there are none. */
export async function accountProblems(
  config: Config,
  database: Database,
): Promise<{ readonly problems: readonly string[]; readonly said: string }> {
  const businesses = await listBusinesses(database.prisma);
  if (businesses.length === 0) return { problems: [], said: 'no business yet' };
  const vault = openVault(await vaultKeysOf(config));
  const parts = { config, database, vault, log: quietLog, clock: systemClock, random: systemRandom };
  const connections = openConnections(parts);
  try {
    const resting = (connectionId: string) => restingTokens(parts, connectionId);
    const asking = businesses.map((business) => compare({ connections, resting }, business));
    const found = (await Promise.all(asking)).flat();
    const wrong = found.filter(({ verdict }) => verdict === 'other');
    return { problems: wrong.map(({ of, said }) => `${of}: ${said}`), said: wordsOf(found) };
  } finally {
    await connections.close();
  }
}

function wordsOf(found: readonly Compared[]): string {
  if (found.length === 0) return 'no connection to compare';
  return found
    .map(({ of, verdict, said }) =>
      verdict === 'unknown' ? `${of}: could not be compared (${said})` : `${of}: ${said}`,
    )
    .join('; ');
}

interface Asking {
  readonly connections: Connections;
  /** A look that refreshed tokens could spend the last good one, and open a review. */
  readonly resting: (connectionId: string) => AccessTokens;
}

async function compare(
  { connections, resting }: Asking,
  { id, slug }: { readonly id: string; readonly slug: string },
): Promise<readonly Compared[]> {
  const { freshbooks, paypal } = await connections.accessTo(id);
  const asked: Promise<Compared>[] = [];
  if (freshbooks !== null) {
    const options = { ...freshbooks, tokens: resting(freshbooks.connectionId) };
    asked.push(named(`${slug} freshbooks`, () => freshbooksAccount(options)));
  }
  if (paypal !== null) asked.push(named(`${slug} paypal`, () => paypalAccount(paypal)));
  return Promise.all(asked);
}

/** What fails before the call (a secret that cannot be opened) is another check's to complain about. */
async function named(of: string, ask: () => Promise<AccountComparison>): Promise<Compared> {
  try {
    return { of, ...(await ask()) };
  } catch (error) {
    return { of, verdict: 'unknown', said: (error as Error).message };
  }
}
