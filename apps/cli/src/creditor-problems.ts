import { gocardlessCreditorProblem } from '@mlc/connectors';
import { ConnectorError } from '@mlc/core';
import type { Config } from '@mlc/platform/config/config';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import { connectionsOf } from '@mlc/platform/connections/connections';
import type { Database } from '@mlc/platform/postgres/database';
import { systemClock, systemRandom } from '@mlc/platform/clock/system';
import { vaultKeysOf } from '@mlc/platform/lifecycle/own-keys';
import { openVault } from '@mlc/platform/vault/vault';
import { type Connections, openConnections } from '@mlc/worker';
import { quietLog } from './quiet-log.ts';

/** What is wrong with the creditors that businesses chose, and what is to be said when nothing is. */
export async function creditorProblems(
  config: Config,
  database: Database,
): Promise<{ readonly problems: readonly string[]; readonly said: string }> {
  const choosing = await businessesChoosing(database);
  if (choosing.length === 0) return { problems: [], said: 'no business chooses one' };
  const vault = openVault(await vaultKeysOf(config));
  const parts = { config, database, vault, log: quietLog, clock: systemClock, random: systemRandom };
  const connections = openConnections(parts);
  try {
    const answers = await Promise.all(choosing.map((business) => ask(connections, business)));
    const said = answers.map(({ said: words }) => words).join('; ');
    return { problems: answers.flatMap(({ problem }) => problem ?? []), said };
  } finally {
    await connections.close();
  }
}

interface Choosing {
  readonly id: string;
  readonly slug: string;
  readonly creditorId: string;
}

async function businessesChoosing({ prisma }: Database): Promise<Choosing[]> {
  const found: Choosing[] = [];
  for (const { id, slug } of await listBusinesses(prisma)) {
    for (const connection of await connectionsOf(prisma, id)) {
      const { creditorId } = connection.provider === 'gocardless' ? connection.settings : {};
      if (creditorId !== undefined) found.push({ id, slug, creditorId });
    }
  }
  return found;
}

async function ask(
  connections: Connections,
  { id, slug, creditorId }: Choosing,
): Promise<{ readonly problem: string | null; readonly said: string }> {
  try {
    const { gocardless } = await connections.accessTo(id);
    const problem = gocardless === null ? null : await gocardlessCreditorProblem(gocardless);
    return { problem: problem === null ? null : `${slug}: ${problem}`, said: `${slug}: ${creditorId}` };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { problem: null, said: `${slug}: ${creditorId} could not be asked for (mlc ping)` };
  }
}
