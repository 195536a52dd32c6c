import { SandboxClock } from '../clock.ts';
import { startSandbox } from '../main.ts';
import type { Sandbox } from '../main.ts';
import type { Desk } from './desk.ts';
import { SANDBOX_APP, SANDBOX_BUSINESS } from './sandbox.ts';

const ACCOUNT = `/accounting/account/${SANDBOX_BUSINESS.accountId}`;

/** Paths of the sandbox's first business. */
export const PATHS = {
  account: ACCOUNT,
  invoices: `${ACCOUNT}/invoices/invoices`,
  payments: `${ACCOUNT}/payments/payments`,
  ledger: `/accounting/businesses/${SANDBOX_BUSINESS.businessUuid}`,
  callbacks: `/events/account/${SANDBOX_BUSINESS.accountId}/events/callbacks`,
};

/** The sandbox's app as a token request names it. */
export const APP = { client_id: SANDBOX_APP.clientId, client_secret: SANDBOX_APP.clientSecret };
export const REDIRECT = { redirect_uri: 'https://connector.example/callback' };

/** An answer, its JSON read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A running sandbox on 15 March 2026 with one client in its books, and a caller without opinions: for tests only. */
export interface Stand {
  readonly sandbox: Sandbox;
  readonly desk: Desk;
  readonly clientId: number;
  /** Bearer token of the next calls. */
  token: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Starts a stand on free ports; the caller closes its sandbox. */
export async function startStand(): Promise<Stand> {
  const clock = new SandboxClock({ start: new Date('2026-03-15T12:00:00Z') });
  const sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  const desk = sandbox.freshbooks.desk();
  const stand: Stand = {
    sandbox,
    desk,
    clientId: desk.createClient({ email: 'ann@client.example', organization: 'Able & Co' }).id,
    token: sandbox.freshbooks.seedTokens().access_token,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${sandbox.urls.freshbooks}${path}`, {
        method,
        headers: { authorization: `Bearer ${stand.token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const read = text === '' ? null : (JSON.parse(text) as unknown);
      return { status: response.status, headers: response.headers, body: read };
    },
  };
  return stand;
}
