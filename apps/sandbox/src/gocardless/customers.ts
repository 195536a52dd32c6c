import { Fields } from './fields.ts';
import type { Body } from './fields.ts';
import { cancelMandate } from './mandate-endings.ts';
import { canStepMandate } from './mandate-machine.ts';
import { SCHEMES } from './schemes.ts';
import type { Resource } from './resource.ts';
import type { Customer } from './wire.ts';
import type { World } from './world.ts';

const TEXTS = [
  'email',
  'given_name',
  'family_name',
  'company_name',
  'address_line1',
  'address_line2',
  'address_line3',
  'city',
  'region',
  'postal_code',
  'country_code',
  'language',
  'swedish_identity_number',
  'danish_identity_number',
  'phone_number',
] as const;

/** customers: no e-mail filter, and e-mails are not unique (gocardless.md 2.1). */
export const customers: Resource<Customer> = {
  plural: 'customers',
  find: (world, id) => world.customers.get(id),
  listing: (world) => ({
    rows: () => world.customers.all(),
    ranges: ['created_at'],
    sortFields: ['name', 'company_name', 'created_at'],
    filters: {
      currency: (customer, currency) => hasMandateIn(world, customer, currency),
      action_required: (_customer, value) => value === 'false',
    },
  }),
  create: ({ world, body }) => addCustomer(world, body, true),
  update: ({ body }, customer) => changeCustomer(customer, body),
  remove: ({ world }, customer) => removeCustomer(world, customer),
};

/** `mustBeNamed` is false for the nameless customer a billing request makes at once. */
export function addCustomer(world: World, body: Body, mustBeNamed: boolean): Customer {
  const fields = new Fields(body, '/customers');
  const texts = readTexts(fields);
  const metadata = fields.metadata();
  if (mustBeNamed && texts.company_name === null) {
    if (texts.given_name === null) fields.fail('given_name', "can't be blank");
    if (texts.family_name === null) fields.fail('family_name', "can't be blank");
  }
  fields.check();
  const language = texts.language ?? 'en';
  return world.customers.add({
    id: world.ids.next('CU'),
    created_at: world.timestamp(),
    ...texts,
    language,
    metadata,
  });
}

/** Changes what is named; metadata is replaced whole. */
export function changeCustomer(customer: Customer, body: Body): void {
  const fields = new Fields(body, '/customers');
  const changes = readTexts(fields);
  const metadata = fields.has('metadata') ? fields.metadata() : customer.metadata;
  fields.check();
  for (const name of TEXTS) if (body[name] !== undefined) customer[name] = changes[name];
  customer.metadata = metadata;
}

function readTexts(fields: Fields): Record<(typeof TEXTS)[number], string | null> {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, fields.text(name, 255)])) as Record<
    (typeof TEXTS)[number],
    string | null
  >;
  if (texts.email !== null && !texts.email.includes('@')) fields.fail('email', 'is invalid');
  if (texts.country_code !== null && !/^[A-Z]{2}$/.test(texts.country_code)) {
    fields.fail('country_code', 'must be a valid ISO 3166-1 alpha-2 code');
  }
  return texts;
}

function hasMandateIn(world: World, customer: Customer, currency: string): boolean {
  return world.mandates
    .all()
    .some(
      (mandate) => mandate.links.customer === customer.id && SCHEMES[mandate.scheme].currency === currency,
    );
}

/** Irreversible: the customer is gone (410) and what hung on it ends. */
function removeCustomer(world: World, customer: Customer): void {
  for (const mandate of world.mandates.where((entry) => entry.links.customer === customer.id)) {
    if (canStepMandate(mandate, 'cancelled'))
      cancelMandate(world, mandate, { origin: 'api', cause: 'mandate_cancelled' });
  }
  world.customers.delete(customer.id);
  world.removedCustomers.add(customer.id);
}
