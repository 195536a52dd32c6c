import type { BusinessFile } from '../config/business-file.ts';
import { hashesOf } from './apply-connection.ts';
import type { Database } from '../postgres/database.ts';
import { tokensHash } from './wanted-connections.ts';

/** The FreshBooks connection a business has already. */
export interface KeptFreshbooks {
  readonly businessId: string;
  readonly businessUuid: string | null;
  /** The file brings tokens that were not applied yet: those in the vault are older. */
  readonly fileIsNewer: boolean;
}

/** What applying a file would find of FreshBooks; null before the first time. */
export async function keptFreshbooks(
  { prisma }: Database,
  { business, connections }: BusinessFile,
): Promise<KeptFreshbooks | null> {
  const known = await prisma.business.findUnique({ where: { slug: business } });
  if (known === null) return null;
  const key = { businessId: known.id, provider: 'freshbooks' };
  const row = await prisma.connection.findUnique({ where: { businessId_provider: key } });
  if (row === null) return null;
  const { businessUuid } = row.settings as { businessUuid?: unknown };
  const { freshbooks } = connections;
  return {
    businessId: row.businessId,
    businessUuid: typeof businessUuid === 'string' ? businessUuid : null,
    fileIsNewer: freshbooks !== undefined && hashesOf(row)['credentials'] !== tokensHash(freshbooks),
  };
}
