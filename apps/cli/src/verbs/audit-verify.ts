import { auditChains } from '@mlc/platform/audit/chains';
import { type AuditVerdict, verifyAudit } from '@mlc/platform/audit/verify';
import type { Database } from '@mlc/platform/postgres/database';
import { foldAll } from '../fold-all.ts';
import { printDocument } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** Chain after chain; the first broken one is the answer. */
async function verifyChains(database: Database, chains: readonly string[]): Promise<AuditVerdict> {
  let entries = 0;
  for (const chain of chains) {
    const verdict = await verifyAudit(database, chain);
    if (!verdict.ok) return verdict;
    entries += verdict.entries;
  }
  return { ok: true, entries };
}

/** `mlc audit verify`: exit status 1 when a chain is not what it was. */
export const auditVerify: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const filter = await businessFilter(call, database);
    await foldAll(database, filter);
    const { businessId } = filter;
    const verdict = await verifyChains(
      database,
      businessId === undefined ? await auditChains(database) : [businessId],
    );
    const line = verdict.ok
      ? `${verdict.entries} entries, every hash is right`
      : `the log was changed: entry ${verdict.brokenAt} is not what it was`;
    await printDocument(call, verdict, [line]);
    return verdict.ok ? 0 : 1;
  });
