import { expect } from '@jest/globals';
import { GoCardlessClient } from 'gocardless-nodejs';
import { ApiError } from 'gocardless-nodejs/errors';
import { SandboxClock } from '../../apps/sandbox/src/clock.ts';
import { startSandbox } from '../../apps/sandbox/src/main.ts';
import type { Sandbox } from '../../apps/sandbox/src/main.ts';

/** A Monday morning without bank holidays near. */
const START = new Date('2026-11-02T09:00:00Z');

export interface Bench {
  readonly sandbox: Sandbox;
  readonly client: GoCardlessClient;
}

/** A fresh sandbox on a clock of its own, and the official client that talks to it. */
export async function openBench(): Promise<Bench> {
  const clock = new SandboxClock({ start: START });
  const sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  return { sandbox, client: officialClient(sandbox.urls.gocardless, sandbox.gocardless.accessToken) };
}

/** GoCardless' own client; its base address can only be set from inside. */
export function officialClient(url: string, token: string, options: object = {}): GoCardlessClient {
  const client = new GoCardlessClient(token, 'SANDBOX' as never, options);
  (client as unknown as { _api: { _baseUrl: string } })._api._baseUrl = url;
  return client;
}

/** A mandate set up the long way, through the API. */
export async function mandateByApi(client: GoCardlessClient): Promise<string> {
  const customer = await client.customers.create({
    given_name: 'Frank',
    family_name: 'Osborne',
    email: 'f@example.test',
  });
  const account = await client.customerBankAccounts.create({
    account_holder_name: 'Frank Osborne',
    country_code: 'GB',
    branch_code: '200000',
    account_number: '55779911',
    links: { customer: String(customer.id) },
  });
  const mandate = await client.mandates.create({
    scheme: 'bacs',
    links: { customer_bank_account: String(account.id) },
  });
  return String(mandate.id);
}

export function activeMandate(sandbox: Sandbox): string {
  return sandbox.gocardless.scenarios.addPayer({ email: 'a@example.test' }).mandate.id;
}

/** Parameters of a 20.00 GBP debit; `extra` may break the client's types on purpose. */
export function payment(mandate: string, extra: object = {}): never {
  return { amount: 2000, currency: 'GBP', links: { mandate }, ...extra } as never;
}

/** The client types everything as optional; this reads a text that is there. */
export function text(value: unknown): string {
  expect(typeof value).toBe('string');
  return value as string;
}

export interface SeenRefusal {
  readonly code: number;
  readonly errors: Record<string, unknown>[];
  readonly errorType: string;
}

/** The error a call of the official client ends with; fails when there is none. */
export async function refusal(call: Promise<unknown>): Promise<SeenRefusal> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ApiError);
  return outcome as SeenRefusal;
}
