import { ControlError } from '../control.ts';
import type { Scenario, ScenarioInput } from '../control.ts';
import type { Account } from './account.ts';
import type { CertificateDesk } from './certificate-desk.ts';
import { isEventType } from './event-types.ts';
import type { Settings } from './settings.ts';
import type { TokenDesk } from './tokens.ts';

/** The methods of Scenarios that may be called over HTTP with a JSON object. */
const NAMES = [
  'payerPays',
  'pendingPayment',
  'declinedPayment',
  'completePayment',
  'denyPayment',
  'refund',
  'reverse',
  'settleRefund',
  'approveOrder',
  'startSubscription',
  'subscriptionSale',
  'settleSale',
  'refundSale',
  'reverseSale',
  'paypalInvoicePaid',
  'openDispute',
  'updateDispute',
  'resolveDispute',
  'winChargeback',
  'withdraw',
  'settleWithdrawal',
  'moveBalance',
  'listRow',
  'settleRow',
  'repeatEvents',
] as const;

export interface Stage {
  accounts(): readonly Account[];
  readonly settings: Settings;
  readonly tokens: TokenDesk;
  readonly certificates: CertificateDesk;
}

/** The control API's scenarios; `merchant` (an id) in the body names another than the first one. */
export function controls(stage: Stage): Record<string, Scenario> {
  const accountOf = ({ merchant }: ScenarioInput): Account => {
    const account = stage
      .accounts()
      .find(({ merchantId }) => merchant === undefined || merchantId === merchant);
    if (account === undefined) throw new ControlError(`merchant: the sandbox has no ${String(merchant)}`);
    return account;
  };
  const named = NAMES.map((name): [string, Scenario] => [
    name,
    (input) => accountOf(input).scenarios[name](input as never),
  ]);
  return {
    ...Object.fromEntries(named),
    books: (input) => accountOf(input).books(),
    webhooks: (input) => accountOf(input).webhooks(),
    addWebhook: (input) => addWebhook(accountOf(input), input),
    revokeTokens: (input) => ({ revoked: stage.tokens.revoke(accountOf(input).clientId) }),
    rotateCertificate: async () => ({ url: (await stage.certificates.rotate()).url }),
    certificateAuthority: () => ({
      pem: stage.certificates.authority.bundle,
      urlPrefix: stage.certificates.urlPrefix,
    }),
    settings: (input) => changeSettings(stage.settings, input),
  };
}

function addWebhook(account: Account, { url, eventTypes }: ScenarioInput): unknown {
  if (typeof url !== 'string' || !URL.canParse(url)) throw new ControlError('url: an http(s) address');
  const types: unknown[] = Array.isArray(eventTypes) ? eventTypes : ['*'];
  const unknown = types.find((name) => typeof name !== 'string' || !isEventType(name));
  if (unknown !== undefined) throw new ControlError(`eventTypes: no event type ${JSON.stringify(unknown)}`);
  return account.addWebhook({ url, eventTypes: types.map(String) });
}

function changeSettings(settings: Settings, input: ScenarioInput): Settings {
  const unknown = Object.keys(input).find((name) => !(name in settings));
  if (unknown !== undefined) throw new ControlError(`no setting ${unknown}`);
  return Object.assign(settings, input);
}
