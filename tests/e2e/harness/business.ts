import { type Sandbox, SANDBOX_APP, sandboxConnections } from '@mlc/sandbox';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mlc } from './processes.ts';

const SECRET = 'e2e-webhook-secret';

/** Settings that lead to the sandbox instead of the real providers. */
export async function providerSettings(sandbox: Sandbox, folder: string): Promise<Record<string, string>> {
  const caFile = join(folder, 'paypal-ca.pem');
  await writeFile(caFile, sandbox.paypal.caBundle);
  return {
    FRESHBOOKS_API_URL: sandbox.urls.freshbooks,
    FRESHBOOKS_CLIENT_ID: SANDBOX_APP.clientId,
    FRESHBOOKS_CLIENT_SECRET: SANDBOX_APP.clientSecret,
    GOCARDLESS_API_URL: sandbox.urls.gocardless,
    PAYPAL_API_URL: sandbox.urls.paypal,
    PAYPAL_CERT_URL_PREFIX: sandbox.paypal.certUrlPrefix,
    PAYPAL_CERT_CA_FILE: caFile,
  };
}

/** The file an operator would write for the sandbox's accounts. */
export function businessFile(sandbox: Sandbox) {
  return {
    business: 'acme',
    timezone: 'Europe/London',
    connections: sandboxConnections(sandbox, { gocardlessSecret: SECRET }),
    policy: { mode: 'live', collectFrom: '2020-01-01' },
  };
}

/** Applies the file with `mlc apply` and points the sandbox's webhooks at the ingress. */
export async function connect(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  const file = businessFile(sandbox);
  const path = join(folder, 'acme.json');
  await writeFile(path, JSON.stringify(file));
  const [applied] = (await mlc(['apply', '-f', path], env)).lines;
  const { gocardless, paypal, freshbooks } = applied?.['webhooks'] as {
    gocardless: string;
    paypal: string;
    freshbooks: Record<string, string>;
  };
  sandbox.gocardless.addEndpoint({ url: gocardless, secret: SECRET });
  const callbacks = Object.entries(freshbooks).map(([event, uri], index) => {
    const verifier = `verifier-${index}`;
    return {
      event,
      callbackId: sandbox.freshbooks.desk().registerCallback({ event, uri, verifier }).id,
      verifier,
    };
  });
  const webhookId = sandbox.paypal.addWebhook({ url: paypal }).id;
  const { connections } = file;
  const complete = {
    ...file,
    connections: {
      freshbooks: { ...connections.freshbooks, callbacks },
      gocardless: connections.gocardless,
      paypal: { ...connections.paypal, webhookId },
    },
  };
  await writeFile(path, JSON.stringify(complete));
  const second = await mlc(['apply', '-f', path], env);
  if (second.status !== 0) throw new Error(second.err);
}
