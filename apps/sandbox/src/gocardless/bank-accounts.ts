import { Fields } from './fields.ts';
import type { Body } from './fields.ts';
import { cancelMandate } from './mandate-endings.ts';
import { canStepMandate } from './mandate-machine.ts';
import { invalidState } from './refusal.ts';
import { linked } from './resource.ts';
import type { Resource } from './resource.ts';
import { SCHEMES, schemeFor } from './schemes.ts';
import type { BankAccount } from './wire.ts';
import type { World } from './world.ts';

const COUNTRY_CURRENCY: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(SCHEMES).map(({ country, currency }) => [country, currency]),
);
const BRANCH_CODE_LENGTHS: Readonly<Record<string, number>> = { GB: 6, AU: 6 };

/** customer_bank_accounts (gocardless.md 2.2). Duplicates are refused with a link to the existing one. */
export const bankAccounts: Resource<BankAccount> = {
  plural: 'customer_bank_accounts',
  find: (world, id) => world.bankAccounts.get(id),
  listing: (world) => ({
    rows: () => world.bankAccounts.all(),
    ranges: ['created_at'],
    filters: {
      customer: (account, id) => account.links.customer === id,
      enabled: (account, value) => String(account.enabled) === value,
    },
  }),
  create: ({ world, body }) => addBankAccount(world, body),
  update: ({ body }, account) => {
    const fields = new Fields(body, '/customer_bank_accounts');
    const metadata = fields.metadata();
    fields.check();
    account.metadata = metadata;
  },
  actions: { disable: ({ world }, account) => disable(world, account) },
};

/** Creates an account; sent again after it was disabled, the same details enable it again. */
export function addBankAccount(world: World, body: Body): BankAccount {
  const fields = new Fields(body, '/customer_bank_accounts');
  const details = readDetails(fields);
  const holder = fields.requiredText('account_holder_name');
  const metadata = fields.metadata();
  const customerId = fields.link('customer');
  fields.check();
  linked(world.customers.get(customerId), 'customer', 'customer_bank_accounts');
  const number = `${customerId} ${details.country} ${details.number}`;
  const existing = world.bankAccounts.get(world.accountNumbers.get(number) ?? '');
  if (existing !== undefined) return enableAgain(existing);
  const account: BankAccount = {
    id: world.ids.next('BA'),
    created_at: world.timestamp(),
    account_number_ending: details.number.slice(details.country === 'NZ' ? -4 : -2),
    account_holder_name: holder.toUpperCase(),
    account_type: fields.text('account_type'),
    bank_name: details.country === 'GB' ? 'BARCLAYS BANK PLC' : 'SANDBOX BANK',
    currency: details.currency,
    country_code: details.country,
    metadata,
    enabled: true,
    links: { customer: customerId },
  };
  world.accountNumbers.set(number, account.id);
  return world.bankAccounts.add(account);
}

function enableAgain(existing: BankAccount): BankAccount {
  if (existing.enabled) {
    const links = { customer_bank_account: existing.id };
    throw invalidState('bank_account_exists', 'Bank account already exists', links, 409);
  }
  existing.enabled = true;
  return existing;
}

/** An IBAN, or local details with a country code. */
function readDetails(fields: Fields): { country: string; currency: string; number: string } {
  const iban = fields.text('iban')?.replaceAll(' ', '') ?? null;
  if (iban !== null && !/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban)) fields.fail('iban', 'is invalid');
  const country = iban?.slice(0, 2) ?? fields.requiredText('country_code');
  const currency = fields.text('currency') ?? COUNTRY_CURRENCY[country] ?? 'EUR';
  if (schemeFor(currency) === undefined) fields.fail('currency', 'is not supported');
  if (iban !== null) return { country, currency, number: iban };
  const branch = fields.text('branch_code') ?? '';
  const length = BRANCH_CODE_LENGTHS[country];
  if (length !== undefined) checkBranch(fields, branch.replaceAll('-', ''), length);
  return { country, currency, number: branch + fields.requiredText('account_number') };
}

function checkBranch(fields: Fields, branch: string, length: number): void {
  if (!/^\d+$/.test(branch)) fields.fail('branch_code', 'must be a number');
  if (branch.length !== length)
    fields.fail('branch_code', `is the wrong length (should be ${length} characters)`);
}

function disable(world: World, account: BankAccount): void {
  if (!account.enabled) throw invalidState('disable_failed', 'Bank account is already disabled');
  account.enabled = false;
  for (const mandate of world.mandates.where((entry) => entry.links.customer_bank_account === account.id)) {
    if (canStepMandate(mandate, 'cancelled'))
      cancelMandate(world, mandate, { origin: 'api', cause: 'bank_account_closed' });
  }
}
