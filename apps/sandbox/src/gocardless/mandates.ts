import { creditorNamed } from './creditors.ts';
import { Fields } from './fields.ts';
import type { Body } from './fields.ts';
import { among } from './listing.ts';
import { cancelMandate, reinstateMandate } from './mandate-endings.ts';
import { canStepMandate, lifeOf, tellMandate, timetable } from './mandate-machine.ts';
import { invalidState } from './refusal.ts';
import { linked, metadataOf } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import { SCHEMES, isScheme, nextPossibleChargeDate, schemeFor } from './schemes.ts';
import type { ConsentParameters, Mandate, Metadata, Scheme } from './wire.ts';
import type { MandateLife, World } from './world.ts';

const REINSTATEMENTS_MAX = 10;

/** mandates (gocardless.md 2.3). `next_possible_charge_date` is worked out when asked: it moves with time. */
export const mandates: Resource<Mandate> = {
  plural: 'mandates',
  find: (world, id) => world.mandates.get(id),
  listing: (world) => ({
    rows: () => world.mandates.all(),
    ranges: ['created_at'],
    filters: {
      creditor: (mandate, id) => mandate.links.creditor === id,
      customer: (mandate, id) => mandate.links.customer === id,
      customer_bank_account: (mandate, id) => mandate.links.customer_bank_account === id,
      mandate_type: (_mandate, type) => type === 'bank_debit',
      reference: (mandate, reference) => mandate.reference === reference,
      scheme: (mandate, schemes) => among(schemes, mandate.scheme),
      status: (mandate, statuses) => among(statuses, mandate.status),
    },
  }),
  create: createMandate,
  update: ({ body }, mandate) => {
    const fields = new Fields(body, '/mandates');
    const metadata = fields.metadata();
    fields.check();
    mandate.metadata = metadata;
  },
  actions: {
    cancel: ({ world, body }, mandate) => {
      if (!canStepMandate(mandate, 'cancelled'))
        throw invalidState('cancellation_failed', 'Mandate cannot be cancelled');
      cancelMandate(world, mandate, {
        origin: 'api',
        cause: 'mandate_cancelled',
        metadata: metadataOf(body),
      });
    },
    reinstate: ({ world, body }, mandate) => reinstate(world, body, mandate),
  },
  show: (world, mandate) => ({
    ...mandate,
    next_possible_charge_date: nextPossibleChargeDate(mandate.scheme, mandate.status, world.clock.now()),
  }),
};

function createMandate({ world, body }: Call): Mandate {
  const fields = new Fields(body, '/mandates');
  const schemeName = fields.text('scheme');
  const reference = fields.text('reference');
  const metadata = fields.metadata();
  const accountId = fields.link('customer_bank_account');
  fields.check();
  const creditorId = creditorNamed(world, fields, 'mandates').id;
  const account = linked(world.bankAccounts.get(accountId), 'customer_bank_account', 'mandates');
  if (!account.enabled) throw invalidState('bank_account_disabled', 'Customer bank account is disabled');
  const scheme = schemeName ?? schemeFor(account.currency);
  if (!isScheme(scheme) || SCHEMES[scheme].currency !== account.currency) {
    fields.fail('scheme', "is not supported for the bank account's currency");
    fields.check();
  }
  const wanted = { accountId, creditorId, reference, metadata };
  return addMandate(world, { ...wanted, scheme: scheme as Scheme, origin: 'api' });
}

export interface NewMandate {
  readonly accountId: string;
  /** Default: the first one. */
  readonly creditorId?: string | undefined;
  readonly scheme: Scheme;
  readonly reference?: string | null;
  readonly metadata?: Metadata;
  readonly origin: 'api' | 'gocardless';
  readonly needsApproval?: boolean;
  readonly consent?: ConsentParameters | null;
  readonly paymentsRequireApproval?: boolean;
}

/** Adds a mandate with its timetable and writes `mandates.created`. */
export function addMandate(world: World, wanted: NewMandate): Mandate {
  const account = world.bankAccounts.must(wanted.accountId);
  const creditor = world.creditors.get(wanted.creditorId ?? '') ?? world.creditor();
  const id = world.ids.next('MD');
  const mandate: Mandate = {
    id,
    created_at: world.timestamp(),
    reference: wanted.reference ?? `${creditor.bank_reference_prefix}-${id.slice(-5)}`,
    status: wanted.needsApproval === true ? 'pending_customer_approval' : 'pending_submission',
    scheme: wanted.scheme,
    next_possible_charge_date: null,
    payments_require_approval: wanted.paymentsRequireApproval ?? false,
    metadata: wanted.metadata ?? {},
    links: {
      customer_bank_account: account.id,
      creditor: creditor.id,
      customer: account.links.customer,
    },
    consent_parameters: wanted.consent ?? null,
    verified_at: null,
    funds_settlement: 'managed',
  };
  world.mandates.add(mandate);
  world.mandateLives.set(id, newLife(world, account.links.customer));
  if (mandate.status === 'pending_submission') timetable(world, mandate);
  tellMandate(world, mandate, 'created', { origin: wanted.origin, cause: 'mandate_created' });
  return mandate;
}

/** Magic given names decide what the payer's bank makes of a mandate (2.15). */
const FATES: Readonly<Record<string, MandateLife['fate']>> = {
  Invalid: 'failed',
  Expired: 'expired',
  Switching: 'transferred',
};

function newLife(world: World, customerId: string): MandateLife {
  const name = world.customers.get(customerId)?.given_name ?? '';
  return {
    submitOn: null,
    activateOn: null,
    plannedOutcomes: [],
    reinstatements: 0,
    lastUsedOn: world.today(),
    isReinstating: false,
    fate: FATES[name] ?? 'active',
  };
}

function reinstate(world: World, body: Body, mandate: Mandate): void {
  const { new_mandate } = mandate.links;
  if (new_mandate !== undefined)
    throw invalidState('mandate_replaced', 'Mandate has been replaced', { new_mandate });
  if (!canStepMandate(mandate, 'resubmission_requested')) {
    throw invalidState('mandate_not_inactive', 'Mandate is already active or being submitted');
  }
  if (lifeOf(world, mandate).reinstatements >= REINSTATEMENTS_MAX) {
    throw invalidState('mandate_not_inactive', `Mandate was reinstated ${REINSTATEMENTS_MAX} times already`);
  }
  reinstateMandate(world, mandate, metadataOf(body));
}
