import express from 'express';
import type { Response, Router } from 'express';
import { needs, worldOf } from './door.ts';
import { textIn } from './fields.ts';
import { once, REMEMBERED_MS, wantsWhole } from './idempotency.ts';
import { payerOf } from './invoice-course.ts';
import { readOrder } from './order-body.ts';
import { addOrder, approveOrder, captureOrder } from './order-course.ts';
import { orderWire, thinOrderWire } from './order-wire.ts';
import type { OrderRow } from './rows.ts';
import { SCOPES } from './scopes.ts';
import { found } from './world.ts';
import type { World } from './world.ts';

/** `/v2/checkout/orders` (paypal.md 5.2). */
export function orderRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.payments));
  router.post('/', (req, res) => {
    const world = worldOf(res);
    const { status, id } = once(
      world,
      req,
      REMEMBERED_MS.orders,
      () => addOrder(world, readOrder(req.body, world.payee)).id,
    );
    answer(res.status(status), found(world.orders, id), wantsWhole(req));
  });
  router.get('/:id', (req, res) => {
    const world = worldOf(res);
    res.json(orderWire(found(world.orders, req.params.id), world.captures));
  });
  router.post('/:id/capture', (req, res) => {
    const world = worldOf(res);
    const row = found(world.orders, req.params.id);
    const { status } = once(world, req, REMEMBERED_MS.orders, () => {
      captureOrder(world, row);
      return row.id;
    });
    answer(res.status(status), row, wantsWhole(req));
  });
  return router;
}

function answer(res: Response, row: OrderRow, isWhole: boolean): void {
  const world = worldOf(res);
  res.json(isWhole ? orderWire(row, world.captures) : thinOrderWire(row, approveUrl(world, row.id)));
}

function approveUrl(world: World, orderId: string): string {
  return `${world.desk.certificates.baseUrl}/checkoutnow?token=${orderId}`;
}

/** The buyer's page: who opens it approves the order, and is sent back to the shop. */
export function checkoutPage(worlds: () => readonly World[]): Router {
  const router = express.Router();
  router.get('/checkoutnow', (req, res) => {
    const token = textIn(req.query, 'token') ?? '';
    const world = worlds().find(({ orders }) => orders.has(token));
    const row = world?.orders.get(token);
    if (world === undefined || row === undefined) {
      res.status(404).send('There is no such order.');
      return;
    }
    const payer = payerOf(world, 'sb-buyer@personal.example.com', 'John Doe');
    approveOrder(world, row, payer);
    if (row.returnUrl === null) res.send('The order is approved.');
    else res.redirect(`${row.returnUrl}?token=${row.id}&PayerID=${payer.accountId}`);
  });
  return router;
}
