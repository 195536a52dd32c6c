import type { Router } from 'express';
import { addMonths } from './calendar.ts';
import { fromTenths, inTenths } from './fees.ts';
import { Fields } from './fields.ts';
import { listPage } from './listing.ts';
import type { Listing } from './listing.ts';
import { Refusal, notFound, wronglyTyped } from './refusal.ts';
import { queryOf, worldOf } from './resource.ts';
import type { Resource } from './resource.ts';
import type { Payout, PayoutItem, Row } from './wire.ts';

const ITEMS_KEPT_MONTHS = 6;

/** payouts: `amount` is what reaches the bank (gocardless.md 2.10). */
export const payouts: Resource<Payout> = {
  plural: 'payouts',
  find: (world, id) => world.payouts.get(id),
  listing: (world) => ({
    rows: () => world.payouts.all(),
    ranges: ['created_at'],
    maps: { metadata: (payout, key, value) => payout.metadata[key] === value },
    filters: {
      creditor: (payout, id) => payout.links.creditor === id,
      creditor_bank_account: (payout, id) => payout.links.creditor_bank_account === id,
      currency: (payout, currency) => payout.currency === currency,
      payout_type: (payout, type) => payout.payout_type === type,
      reference: (payout, reference) => payout.reference === reference,
      status: (payout, status) => payout.status === status,
    },
  }),
  update: ({ body }, payout) => {
    const fields = new Fields(body, '/payouts');
    const metadata = fields.metadata();
    fields.check();
    payout.metadata = metadata;
  },
};

type NumberedItem = PayoutItem & Row;

/** `GET /payout_items?payout=PO…`: items have no ids; the cursors are places. Gone (410) after six months (2.11). */
export function mountPayoutItems(router: Router): void {
  router.get('/payout_items', (req, res) => {
    const world = worldOf(res);
    const { payout: id, include_2020_tax_cutover: _legacy, ...query } = queryOf(req);
    if (id === undefined)
      throw wronglyTyped([{ message: '"payout" wasn\'t supplied.', request_pointer: '/payout' }]);
    const payout = world.payouts.get(id);
    if (payout === undefined) throw notFound();
    if (payout.created_at.slice(0, 10) < addMonths(world.today(), -ITEMS_KEPT_MONTHS)) throw gone();
    const { payoutItemsOffMinor: offMinor } = world.settings;
    const numbered = (world.payoutItems.get(id) ?? []).map((item, place) => ({
      ...item,
      amount: place === 0 ? inTenths((fromTenths(item.amount) ?? 0) + offMinor * 10) : item.amount,
      id: `${place}`,
      created_at: '',
    }));
    const listing: Listing<NumberedItem> = { rows: () => numbered.reverse(), filters: {} };
    const { rows, meta } = listPage(listing, query);
    const items = rows.map(({ type, amount, taxes, links }) => ({ type, amount, taxes, links }));
    res.json({ payout_items: items, meta });
  });
}

function gone(): Refusal {
  const message = `Payout items are only available for ${ITEMS_KEPT_MONTHS} months after the payout was created`;
  return new Refusal({
    status: 410,
    type: 'invalid_api_usage',
    message,
    errors: [{ message }],
    slug: 'payout-items',
  });
}
