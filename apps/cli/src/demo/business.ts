import { checkBusinessFile } from '@mlc/platform/config/business-file';
import { applyBusiness } from '@mlc/platform/set-up/apply-business';
import { webhookUrls } from '@mlc/platform/set-up/webhook-urls';
import type { OpenRuntime } from '@mlc/platform/lifecycle/runtime';
import { type Sandbox, sandboxConnections } from '@mlc/sandbox';
import { MONTH_START } from './month.ts';

const GOCARDLESS_SECRET = 'demo-webhook-secret';

/** As an operator would: apply the file, register the webhooks at the providers, apply their secrets. */
export async function connectBusiness(
  { database, vault, clock, config }: OpenRuntime,
  sandbox: Sandbox,
): Promise<string> {
  const file = businessFile(sandbox);
  const applied = await applyBusiness(database, vault, clock, checkBusinessFile(file));
  const urls = webhookUrls(config.publicUrl, applied);
  const gocardlessUrl = urls['gocardless'];
  if (typeof gocardlessUrl === 'string')
    sandbox.gocardless.addEndpoint({ url: gocardlessUrl, secret: GOCARDLESS_SECRET });
  const desk = sandbox.freshbooks.desk();
  const callbacks = Object.entries(typeof urls['freshbooks'] === 'object' ? urls['freshbooks'] : {}).map(
    ([event, uri], index) => {
      const verifier = `demo-verifier-${index + 1}`;
      const callback = desk.registerCallback({ event, uri, verifier });
      return { event, callbackId: callback.id, verifier };
    },
  );
  const paypalUrl = urls['paypal'];
  const webhookId = typeof paypalUrl === 'string' ? sandbox.paypal.addWebhook({ url: paypalUrl }).id : '';
  const { freshbooks, gocardless, paypal } = file.connections;
  const connections = {
    freshbooks: { ...freshbooks, callbacks },
    gocardless,
    paypal: { ...paypal, webhookId },
  };
  await applyBusiness(database, vault, clock, checkBusinessFile({ ...file, connections }));
  return applied.businessId;
}

function businessFile(sandbox: Sandbox) {
  return {
    business: 'demo',
    displayName: 'Demo Ltd',
    timezone: 'Europe/London',
    notify: { emails: ['finance@demo.test'] },
    connections: sandboxConnections(sandbox, { gocardlessSecret: GOCARDLESS_SECRET }),
    policy: {
      collectFrom: MONTH_START,
      gocardlessFees: 'expense',
      payoutEntry: 'journal',
      accounts: bookAccounts(sandbox),
    },
  };
}

/** Where fees and payouts are booked, by the names FreshBooks gives these accounts. */
function bookAccounts(sandbox: Sandbox) {
  const { books } = sandbox.freshbooks.desk();
  const uuidOf = (wanted: string): string | null =>
    [...books.chart.values()].find(({ name }) => name === wanted)?.uuid ?? null;
  return {
    feeExpenseCategoryId: [...books.categories.values()].find(({ name }) => name === 'Bank Fees')?.id ?? null,
    staffId: [...books.staff.keys()][0] ?? null,
    bankAccountUuid: uuidOf('Bank'),
    clearingAccountUuid: uuidOf('GoCardless Clearing'),
    feeAccountUuid: uuidOf('Payment Processing Fees'),
  };
}
