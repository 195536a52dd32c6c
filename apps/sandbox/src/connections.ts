import { SANDBOX_BUSINESS } from './freshbooks/sandbox.ts';
import type { Sandbox } from './main.ts';
import { SANDBOX_MERCHANT } from './paypal/sandbox.ts';

/**
 * The `connections` of a business file for this sandbox's accounts, as an operator would write them before any webhook
 * of FreshBooks and PayPal is registered. FreshBooks' tokens are new ones with each call.
 */
export function sandboxConnections(sandbox: Sandbox, { gocardlessSecret }: { gocardlessSecret: string }) {
  const tokens = sandbox.freshbooks.seedTokens();
  const { accountId, businessId, businessUuid } = SANDBOX_BUSINESS;
  const { clientId, clientSecret, merchantId } = SANDBOX_MERCHANT;
  return {
    freshbooks: {
      accountId,
      businessId,
      businessUuid,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: new Date((tokens.created_at + tokens.expires_in) * 1000).toISOString(),
    },
    gocardless: {
      environment: 'sandbox' as const,
      accessToken: sandbox.gocardless.accessToken,
      webhookSecrets: [gocardlessSecret],
    },
    paypal: { environment: 'sandbox' as const, clientId, clientSecret, merchantId },
  };
}
