import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Desk, Organisation, PaypalSandbox, Sandbox } from '@mlc/sandbox';
import type { CommandLine } from './command-line.ts';

/** Where the providers have to deliver. */
export interface Webhooks {
  readonly gocardless: string;
  readonly paypal: string;
  readonly freshbooks: Readonly<Record<string, string>>;
}

/** A business with accounts at the three sandboxed providers. */
export interface TestBusiness {
  readonly slug: string;
  readonly desk: Desk;
  readonly organisation: Organisation;
  readonly merchant: ReturnType<PaypalSandbox['addMerchant']>;
  readonly accountId: string;
  /** What its operator would write; `mlc apply -f` takes it. */
  readonly file: BusinessFile;
  /** Set by `connectBusiness`. */
  readonly webhooks: Webhooks;
}

/** The part of a business file these tests touch (contract section 4). */
export interface BusinessFile {
  readonly business: string;
  readonly timezone: string;
  readonly notify: { readonly emails: readonly string[] };
  readonly connections: {
    readonly freshbooks: {
      readonly accountId: string;
      readonly accessToken: string;
      readonly refreshToken: string;
      readonly expiresAt: string;
      readonly callbacks?: readonly { event: string; callbackId: number; verifier: string }[];
    };
    readonly gocardless: {
      readonly environment: 'sandbox';
      readonly accessToken: string;
      readonly webhookSecrets: readonly string[];
    };
    readonly paypal: {
      readonly environment: 'sandbox';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly merchantId: string;
      readonly webhookId?: string;
    };
  };
  readonly policy: Readonly<Record<string, unknown>>;
}

/** What `mlc apply --json` prints. */
export interface Applied {
  readonly business: string;
  readonly connections: Readonly<Record<'freshbooks' | 'gocardless' | 'paypal', { readonly id: string }>>;
  readonly webhooks: Webhooks;
}

let opened = 0;

/** Opens accounts for one more business; nothing is applied yet. */
export function openBusiness(sandbox: Sandbox, policy: Readonly<Record<string, unknown>> = {}): TestBusiness {
  opened += 1;
  const slug = `business-${opened}`;
  const accountId = `acct${opened}`;
  const desk = sandbox.freshbooks.addBusiness({
    accountId,
    businessId: 700_000 + opened,
    businessUuid: randomUUID(),
    name: slug,
    identityId: 80_000 + opened,
    currency: 'GBP',
    role: 'owner',
  });
  const accessToken = `gocardless-token-of-${slug}`;
  const organisation = sandbox.gocardless.addOrganisation({ accessToken, name: slug });
  const merchant = sandbox.paypal.addMerchant({
    clientId: `paypal-client-of-${slug}`,
    clientSecret: `paypal-secret-of-${slug}`,
    merchantId: `MERCHANT${opened}`,
  });
  const { clientId, clientSecret, merchantId } = merchant;
  const file: BusinessFile = {
    business: slug,
    timezone: 'Europe/London',
    notify: { emails: [`finance@${slug}.test`] },
    connections: {
      freshbooks: { accountId, ...freshTokens(sandbox, accountId) },
      gocardless: { environment: 'sandbox', accessToken, webhookSecrets: [`webhook-secret-of-${slug}`] },
      paypal: { environment: 'sandbox', clientId, clientSecret, merchantId },
    },
    policy: { mode: 'live', collectFrom: '2020-01-01', ...policy },
  };
  const webhooks = { gocardless: '', paypal: '', freshbooks: {} };
  return { slug, desk, organisation, merchant, accountId, file, webhooks };
}

/** Tokens as a finished consent would have left them, in the words of the business file. */
export function freshTokens(
  sandbox: Sandbox,
  accountId: string,
  expiresInSeconds?: number,
): Pick<BusinessFile['connections']['freshbooks'], 'accessToken' | 'refreshToken' | 'expiresAt'> {
  const seed = expiresInSeconds === undefined ? { accountId } : { accountId, expiresInSeconds };
  const tokens = sandbox.freshbooks.seedTokens(seed);
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: new Date((tokens.created_at + tokens.expires_in) * 1_000).toISOString(),
  };
}

/** `mlc apply -f` with this file. */
export async function applyFile(cli: CommandLine, folder: string, file: BusinessFile): Promise<Applied> {
  const path = join(folder, `${file.business}.json`);
  await writeFile(path, JSON.stringify(file));
  return cli.document<Applied>('apply', '-f', path);
}

/**
 * Applies a business as an operator would: once for its webhook addresses, once more with what the webhooks made at the
 * sandbox for them are verified by.
 */
export async function connectBusiness(
  cli: CommandLine,
  folder: string,
  business: TestBusiness,
): Promise<TestBusiness> {
  const { webhooks } = await applyFile(cli, folder, business.file);
  const { freshbooks, gocardless, paypal } = business.file.connections;
  business.organisation.addEndpoint({ url: webhooks.gocardless, secret: gocardless.webhookSecrets[0] ?? '' });
  const callbacks = Object.entries(webhooks.freshbooks).map(([event, uri], index) => {
    const verifier = `verifier-${index + 1}-of-${business.slug}`;
    return { event, callbackId: business.desk.registerCallback({ event, uri, verifier }).id, verifier };
  });
  const webhookId = business.merchant.addWebhook({ url: webhooks.paypal }).id;
  const file = {
    ...business.file,
    connections: {
      gocardless,
      freshbooks: { ...freshbooks, callbacks },
      paypal: { ...paypal, webhookId },
    },
  };
  await applyFile(cli, folder, file);
  return { ...business, file, webhooks };
}
