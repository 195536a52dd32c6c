import { type BusinessFile, BusinessFileError } from '../config/business-file.ts';
import type { Database, Executor } from '../postgres/database.ts';
import type { Business as Row } from '../postgres/generated/client.ts';

/** A connection to an account that another business has: nothing runs over it. */
export interface HeldConnection {
  readonly business: string;
  readonly provider: string;
  readonly account: string;
  /** The business that has the account. */
  readonly owner: string;
}

/** What of a provider belongs to one business only, and the setting that names it. */
const OWNED = {
  freshbooks: { setting: 'accountId', name: 'FreshBooks account' },
  paypal: { setting: 'merchantId', name: 'PayPal merchant' },
} as const;
type Owned = keyof typeof OWNED;

/** The account of a connection row `alias`, as SQL; the unique index `connections_one_business` is on it. */
const accountOf = (alias: string): string =>
  `(CASE ${alias}.provider WHEN 'freshbooks' THEN ${alias}.settings->>'accountId' WHEN 'paypal' THEN ${alias}.settings->>'merchantId' END)`;

/**
 * Makes sure that no other business has the accounts of the file, also when several files are applied at once.
 * @throws BusinessFileError that names the business that has it.
 */
export async function refuseOthersAccounts(
  tx: Executor,
  file: BusinessFile,
  found: Pick<Row, 'id'> | null,
): Promise<void> {
  // In a fixed order, so that two applications never wait for each other crosswise.
  for (const provider of ['freshbooks', 'paypal'] as const) {
    const account = accountIn(file, provider);
    if (account === null) continue;
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`account:${provider}:${account}`}, 0))`;
    const owner = await ownerOf(tx, { provider, account });
    if (owner === null || owner.id === found?.id) continue;
    const { setting, name } = OWNED[provider];
    const what = `${name} ${account} belongs to business ${owner.slug}, and to one business only`;
    const path = `connections.${provider}.${setting}`;
    throw new BusinessFileError([
      { path, message: `${what}: ${adviceFor(file.business, owner.slug, found)}` },
    ]);
  }
}

function adviceFor(wanted: string, owner: string, found: Pick<Row, 'id'> | null): string {
  return found === null
    ? `to call it ${wanted} run "mlc business rename ${owner} ${wanted}" and apply this file again`
    : `apply it as ${owner}`;
}

function accountIn({ connections }: BusinessFile, provider: Owned): string | null {
  return (
    (provider === 'freshbooks' ? connections.freshbooks?.accountId : connections.paypal?.merchantId) ?? null
  );
}

async function ownerOf(
  tx: Executor,
  { provider, account }: { readonly provider: Owned; readonly account: string },
): Promise<{ readonly id: string; readonly slug: string } | null> {
  const rows = await tx.$queryRawUnsafe<{ id: string; slug: string }[]>(
    `SELECT business.id, business.slug FROM connections JOIN businesses business ON business.id = connections.business_id
     WHERE connections.provider = $1 AND ${accountOf('connections')} = $2 AND connections.state <> 'held'`,
    provider,
    account,
  );
  return rows[0] ?? null;
}

/** Connections that were there when accounts became one business's own, and came second; by business. */
export async function heldConnections(database: Pick<Database, 'pool'>): Promise<readonly HeldConnection[]> {
  const { rows } = await database.pool.query<HeldConnection>(
    `SELECT business.slug AS business, held.provider, ${accountOf('held')} AS account, owner.slug AS owner
     FROM connections held JOIN businesses business ON business.id = held.business_id
     JOIN connections kept ON kept.provider = held.provider AND ${accountOf('kept')} = ${accountOf('held')} AND kept.state <> 'held'
     JOIN businesses owner ON owner.id = kept.business_id
     WHERE held.state = 'held' ORDER BY business.slug, held.provider`,
  );
  return rows;
}

/** What is so and what to do, for people. */
export function heldText({ business, provider, account, owner }: HeldConnection): string {
  const name = provider === 'paypal' ? OWNED.paypal.name : OWNED.freshbooks.name;
  return (
    `${name} ${account} belongs to business ${owner}; business ${business} connected it too and is held: nothing of it is ` +
    `collected or booked over it. Go on with ${owner} (mlc business rename can swap their names)`
  );
}
