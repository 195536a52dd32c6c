import type { Database } from '../postgres/database.ts';

/** What is stored of a connection, without its secrets. */
export interface PresentConnection {
  readonly id: string;
  readonly provider: string;
  readonly environment: string;
  readonly state: string;
  readonly revision: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** RFC 3339 UTC by name: when each secret was last set. */
  readonly secrets: readonly { readonly name: string; readonly setAt: string }[];
}

/** The business's connection to a provider; null when there is none. */
export async function presentConnection(
  { prisma }: Pick<Database, 'prisma'>,
  { businessId, provider }: { readonly businessId: string; readonly provider: string },
): Promise<PresentConnection | null> {
  const row = await prisma.connection.findUnique({
    where: { businessId_provider: { businessId, provider } },
  });
  if (row === null) return null;
  const { id, environment, state, revision, settings } = row;
  const kept = await prisma.secret.findMany({
    where: { connectionId: id },
    select: { name: true, updatedAt: true },
    orderBy: { name: 'asc' },
  });
  const secrets = kept.map(({ name, updatedAt }) => ({ name, setAt: updatedAt.toISOString() }));
  return {
    id,
    provider,
    environment,
    state,
    revision,
    settings: settings as Record<string, unknown>,
    secrets,
  };
}
