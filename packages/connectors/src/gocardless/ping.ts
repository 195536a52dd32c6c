import { ConnectorError, type PingResult } from '@mlc/core';
import { type GocardlessAccess, GocardlessClient } from './client.ts';
import { creditorSchema } from './schema.ts';

/** One harmless read: whether the address and the token fit. Never rejects for a failure of the call. */
export async function gocardlessPing(access: GocardlessAccess): Promise<PingResult> {
  const startedAt = access.clock.now().getTime();
  const latencyMs = (): number => access.clock.now().getTime() - startedAt;
  const creditors = new GocardlessClient(access).list(
    'ping',
    { plural: 'creditors', schema: creditorSchema },
    {},
    1,
  );
  try {
    const first = await creditors.next();
    await creditors.return();
    const detail = first.done === true ? 'no creditor' : `creditor ${first.value.name ?? first.value.id}`;
    return { ok: true, latencyMs: latencyMs(), detail };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ok: false, latencyMs: latencyMs(), detail: error.message };
  }
}
