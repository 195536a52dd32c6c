import { ConnectorError, type PingResult } from '@mlc/core';
import { type PaypalAccount, paypalAccount } from './account.ts';
import type { PaypalTokens } from './tokens.ts';
import { paypalWebhooks } from './webhook-registration.ts';

const SEARCH_SCOPE = 'https://uri.paypal.com/services/reporting/search/read';

/**
 * Harmless reads: whether address and credentials fit, whether they are of the merchant that the business file names, and
 * whether Transaction Search, without which payments made outside this app go unseen (paypal.md 4.1), is switched on. Never
 * rejects for a failure of the calls.
 */
export async function paypalPing(
  access: PaypalAccount & { readonly tokens: PaypalTokens },
): Promise<PingResult> {
  const startedAt = access.clock.now().getTime();
  const latencyMs = (): number => access.clock.now().getTime() - startedAt;
  try {
    const webhooks = await paypalWebhooks(access).list();
    const { appId, scopes } = await access.tokens.granted();
    const count = webhooks.length === 1 ? '1 webhook' : `${webhooks.length} webhooks`;
    const search =
      scopes.length === 0 || scopes.includes(SEARCH_SCOPE)
        ? ''
        : ', Transaction Search is off: switch it on for the app in the developer dashboard';
    const tookMs = latencyMs();
    const { verdict, said } = await paypalAccount(access);
    if (verdict === 'other') return { ok: false, latencyMs: tookMs, detail: said };
    const merchant =
      verdict === 'same' ? '' : `, merchant ${access.merchantId} could not be compared (${said})`;
    return { ok: true, latencyMs: tookMs, detail: `app ${appId ?? 'unnamed'}, ${count}${search}${merchant}` };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ok: false, latencyMs: latencyMs(), detail: error.message };
  }
}
