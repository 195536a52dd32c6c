import type { Router } from 'express';
import { listPage } from './listing.ts';
import type { Listing } from './listing.ts';
import { notFound } from './refusal.ts';
import { worldOf } from './resource.ts';
import type { Resource } from './resource.ts';
import type { Creditor, GcEvent, Row } from './wire.ts';
import type { WebhookRow } from './webhook-desk.ts';
import type { World } from './world.ts';

/** creditors (gocardless.md 2.14). */
export const creditors: Resource<Creditor> = {
  plural: 'creditors',
  find: (world, id) => world.creditors.get(id),
  listing: (world) => ({ rows: () => world.creditors.all(), ranges: ['created_at'], filters: {} }),
  show: (world, creditor) => ({ ...creditor, can_create_refunds: world.settings.refundsEnabled }),
};

const linkFilter =
  (name: string) =>
  (event: GcEvent, id: string): boolean =>
    event.links[name] === id;

const EVENT_LINKS = [
  'billing_request',
  'creditor',
  'instalment_schedule',
  'mandate',
  'parent_event',
  'payment',
  'payout',
  'refund',
  'scheme_identifier',
  'subscription',
] as const;

const LINKED_TABLES: Readonly<Record<string, (world: World, id: string) => Row | undefined>> = {
  payment: (world, id) => world.payments.get(id),
  mandate: (world, id) => world.mandates.get(id),
  payout: (world, id) => world.payouts.get(id),
  refund: (world, id) => world.refunds.get(id),
  subscription: (world, id) => world.subscriptions.get(id),
  customer: (world, id) => world.customers.get(id),
};

/** events (2.12): `include` adds the resources beside them under `linked`. */
export const events: Resource<GcEvent> = {
  plural: 'events',
  find: (world, id) => world.events.get(id),
  listing: (world) => ({
    rows: () => world.events.all(),
    ranges: ['created_at'],
    filters: {
      action: (event, action) => event.action === action,
      resource_type: (event, type) => event.resource_type === type,
      include: () => true,
      ...Object.fromEntries(EVENT_LINKS.map((name) => [name, linkFilter(name)])),
    },
    requires: { action: 'resource_type', include: 'resource_type' },
  }),
  beside: (world, rows, { include }) => {
    if (include === undefined) return {};
    const ids = [...new Set(rows.flatMap((event) => event.links[include] ?? []))];
    return { linked: { [`${include}s`]: ids.flatMap((id) => LINKED_TABLES[include]?.(world, id) ?? []) } };
  },
};

/** webhooks: the delivery log (2.13). */
export const webhooks: Resource<WebhookRow> = {
  plural: 'webhooks',
  find: (world, id) => world.desk.rows.get(id),
  listing: (world) => ({
    rows: () => world.desk.rows.all(),
    ranges: ['created_at'],
    filters: {
      is_test: (webhook, value) => String(webhook.is_test) === value,
      successful: (webhook, value) => String(webhook.successful) === value,
    },
  }),
  actions: { retry: ({ world }, webhook) => world.desk.retry(webhook.id) },
};

interface TaxRate extends Row {
  jurisdiction: string;
  type: string;
  percentage: string;
  start_date: string;
  end_date: string | null;
}

const TAX_RATES: readonly TaxRate[] = [
  {
    id: 'GB_VAT_1',
    created_at: '2011-01-04T00:00:00.000Z',
    jurisdiction: 'GB',
    type: 'VAT',
    percentage: '20.0',
    start_date: '2011-01-04',
    end_date: null,
  },
];

/** balances and tax_rates: read only, no ids to fetch balances by. */
export function mountBalancesAndTaxRates(router: Router): void {
  router.get('/balances', (_req, res) => {
    res.json({
      balances: balancesOf(worldOf(res)),
      meta: { cursors: { before: null, after: null }, limit: 50 },
    });
  });
  const listing: Listing<TaxRate> = {
    rows: () => [...TAX_RATES],
    filters: { jurisdiction: (rate, code) => rate.jurisdiction === code },
  };
  router.get('/tax_rates', (req, res) => {
    const query = Object.fromEntries(new URL(req.originalUrl, 'http://sandbox').searchParams.entries());
    const { rows, meta } = listPage(listing, query);
    res.json({ tax_rates: rows.map(taxRate), meta });
  });
  router.get('/tax_rates/:id', (req, res) => {
    const rate = TAX_RATES.find(({ id }) => id === req.params.id);
    if (rate === undefined) throw notFound();
    res.json({ tax_rates: taxRate(rate) });
  });
}

function taxRate({ created_at: _created, ...shown }: TaxRate): object {
  return shown;
}

function balancesOf(world: World): object[] {
  const currencies = [...new Set(world.payments.all().map(({ currency }) => currency))].sort();
  const last_updated_at = world.timestamp();
  const sum = (currency: string, statuses: readonly string[]): number =>
    world.payments
      .where((payment) => payment.currency === currency && statuses.includes(payment.status))
      .reduce((total, { amount }) => total + amount, 0);
  return currencies.flatMap((currency) => [
    { balance_type: 'confirmed_funds', amount: sum(currency, ['confirmed']), currency, last_updated_at },
    { balance_type: 'pending_payouts', amount: pendingPayouts(world, currency), currency, last_updated_at },
    {
      balance_type: 'pending_payments_submitted',
      amount: sum(currency, ['pending_submission', 'submitted']),
      currency,
      last_updated_at,
    },
  ]);
}

function pendingPayouts(world: World, currency: string): number {
  return world.payouts
    .where((payout) => payout.currency === currency && payout.status === 'pending')
    .reduce((total, { amount }) => total + amount, 0);
}
