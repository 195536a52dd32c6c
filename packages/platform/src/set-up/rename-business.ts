import type { AuditEntry, Clock } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import { isBusinessName } from '../config/business-file.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { WishRefusedError } from '../answers/person-says.ts';

/** A new short name for a business. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  readonly by: string;
}

/**
 * Gives a business another short name. All else stays as it is: nothing that was recorded, no key and no address has the name in
 * it. Returns the business's id.
 * @throws WishRefusedError when there is no such business, or one of the new name.
 */
export async function renameBusiness(
  database: Database,
  clock: Clock,
  { from, to, by }: Renaming,
): Promise<string> {
  if (!isBusinessName(to))
    throw new WishRefusedError(`${to} is no short name: lower-case letters, digits and hyphens`);
  return database.transaction(async (tx) => {
    // As who applies a file under either name does; in a fixed order.
    for (const slug of [from, to].sort())
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`apply:${slug}`}, 0))`;
    const business = await businessToRename(tx, { from, to });
    const displayName = business.displayName === from ? to : business.displayName;
    const data = { slug: to, displayName, updatedAt: clock.now() };
    await tx.business.update({ where: { id: business.id }, data });
    await appendAudit(tx, business.id, clock, entryOf(business.id, { from, to, by }));
    return business.id;
  });
}

async function businessToRename(
  tx: Executor,
  { from, to }: Omit<Renaming, 'by'>,
): Promise<{ readonly id: string; readonly displayName: string }> {
  const business = await tx.business.findUnique({ where: { slug: from } });
  if (business === null)
    throw new WishRefusedError(`there is no business ${from}: mlc business list shows them`);
  if ((await tx.business.count({ where: { slug: to } })) > 0)
    throw new WishRefusedError(`there is a business ${to} already: two businesses cannot be made one`);
  return business;
}

function entryOf(businessId: string, { from, to, by }: Renaming): AuditEntry {
  return {
    actor: by,
    action: 'business.renamed',
    subject: { provider: 'mlc', type: 'business', id: businessId },
    correlationId: null,
    details: { from, to },
  };
}
