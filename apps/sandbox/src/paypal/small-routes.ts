import express from 'express';
import type { Router } from 'express';
import { needs, worldOf } from './door.ts';
import { textIn } from './fields.ts';
import { invoiceWire } from './invoice-wire.ts';
import { malformed } from './refusal.ts';
import type { SaleRow, SubscriptionRow } from './rows.ts';
import { SCOPES } from './scopes.ts';
import { subscriptionSaleWire, subscriptionWire } from './subscription-wire.ts';
import { readTime } from './times.ts';
import { found } from './world.ts';
import type { World } from './world.ts';

/** `/v1/billing/subscriptions`. */
export function subscriptionRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.subscriptions));
  router.get('/:id', (req, res) => {
    const world = worldOf(res);
    const row = found(world.subscriptions, req.params.id);
    res.json(subscriptionWire(row, salesOf(world, row)));
  });
  router.get('/:id/transactions', (req, res) => {
    const world = worldOf(res);
    const from = readTime(textIn(req.query, 'start_time') ?? '');
    const to = readTime(textIn(req.query, 'end_time') ?? '');
    if (from === undefined || to === undefined)
      throw malformed('MISSING_REQUIRED_PARAMETER', { field: 'start_time', location: 'query' });
    const sales = salesOf(world, found(world.subscriptions, req.params.id));
    const wanted = sales.filter(({ createdMs }) => createdMs >= from && createdMs <= to);
    res.json({
      transactions: wanted.map(subscriptionSaleWire),
      total_items: wanted.length,
      total_pages: 1,
      links: [],
    });
  });
  return router;
}

function salesOf(world: World, { saleIds }: SubscriptionRow): SaleRow[] {
  return saleIds.flatMap((id) => world.sales.get(id) ?? []);
}

/** `/v2/invoicing/invoices`. */
export function invoiceRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.invoicing));
  router.get('/:id', (req, res) => {
    const world = worldOf(res);
    res.json(invoiceWire(found(world.invoices, req.params.id), world.payee));
  });
  return router;
}
