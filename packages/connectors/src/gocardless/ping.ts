import { ConnectorError, type Creditor, type PingResult } from '@mlc/core';
import { type GocardlessAccess, GocardlessClient } from './client.ts';
import { listCreditors } from './creditors.ts';

/** One harmless read: whether the address and the token fit, and the creditor is there. Never rejects for a failure of the call. */
export async function gocardlessPing(access: GocardlessAccess): Promise<PingResult> {
  const startedAt = access.clock.now().getTime();
  const latencyMs = (): number => access.clock.now().getTime() - startedAt;
  try {
    const creditors = await listCreditors(new GocardlessClient(access));
    const problem = creditorProblem(creditors, access.creditorId ?? null);
    return { ok: problem === null, latencyMs: latencyMs(), detail: problem ?? wordsOf(creditors, access) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ok: false, latencyMs: latencyMs(), detail: error.message };
  }
}

/**
 * Why the creditor that the access names cannot be used; null when it can, or when none is named. Rejects with ConnectorError
 * when GoCardless cannot be asked.
 */
export async function gocardlessCreditorProblem(access: GocardlessAccess): Promise<string | null> {
  if (access.creditorId == null) return null;
  return creditorProblem(await listCreditors(new GocardlessClient(access)), access.creditorId);
}

function creditorProblem(creditors: readonly Creditor[], chosen: string | null): string | null {
  if (chosen === null || creditors.some(({ id }) => id === chosen)) return null;
  return `there is no creditor ${chosen} in this GoCardless account; it has ${namesOf(creditors)}`;
}

function wordsOf(creditors: readonly Creditor[], { creditorId = null }: GocardlessAccess): string {
  const chosen = creditors.filter(({ id }) => creditorId === null || id === creditorId);
  const [first] = chosen;
  if (first === undefined) return 'no creditor';
  if (chosen.length === 1) return `creditor ${first.name === '' ? first.id : first.name}`;
  return `${chosen.length} creditors, ${namesOf(chosen)}: choose one by connections.gocardless.creditorId`;
}

function namesOf(creditors: readonly Creditor[]): string {
  if (creditors.length === 0) return 'none';
  return creditors.map(({ id, name }) => (name === '' ? id : `${id} (${name})`)).join(', ');
}
