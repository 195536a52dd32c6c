import express from 'express';
import type { Request, Response, Router } from 'express';
import { callFor, param } from './access.ts';
import { isBody } from './body.ts';
import { onlinePayments } from './error-families.ts';
import { Refusal } from './failures.ts';
import { invoiceById } from './invoice-write.ts';
import type { Call } from './resource.ts';
import { jsonBody, pathId, refusals } from './routes-shared.ts';
import type { World } from './world.ts';

const FLAGS = [
  'has_credit_card',
  'has_ach_transfer',
  'has_bacs_debit',
  'has_sepa_debit',
  'has_paypal_smart_checkout',
  'allow_partial_payments',
];

/** `/payments/account/{accountId}/…`: no gateway is connected; options can be set per invoice (freshbooks.md 3.9). */
export function onlinePaymentRoutes(world: World): Router {
  const router = express.Router({ mergeParams: true });
  const options = new Map<number, Record<string, unknown>>();
  router.use(jsonBody());
  router.get('/gateway', (req, res) => {
    enter(world, req);
    answer(res, { gateways: [] });
  });
  router.get('/payment_options', (req, res) => {
    enter(world, req);
    answer(res, { payment_options: optionsWire('0', {}) });
  });
  router.get('/invoice/:id/payment_options', (req, res) => {
    const { id } = invoiceById(enter(world, req).books, pathId(req, 'invoice'));
    answer(res, { payment_options: optionsWire(String(id), options.get(id) ?? {}) });
  });
  router.post('/invoice/:id/payment_options', (req, res) => {
    const { id } = invoiceById(enter(world, req).books, pathId(req, 'invoice'));
    const body: unknown = req.body;
    options.set(id, isBody(body) ? { ...body } : {});
    answer(res, { payment_options: optionsWire(String(id), options.get(id) ?? {}) });
  });
  router.use((req) => {
    throw new Refusal(404, { errno: 404, message: `No ${req.method} ${req.path} here.` });
  });
  router.use(refusals(() => onlinePayments));
  return router;
}

function enter(world: World, req: Request): Call {
  const books = world.accounts.get(param(req, 'accountId'));
  return callFor(world, req, books, { scope: 'online_payments', writes: req.method !== 'GET' });
}

function answer(res: Response, body: object): void {
  res.type('application/vnd.api+json').send(JSON.stringify(body));
}

/** The one place where an id is a string. */
function optionsWire(entityId: string, set: Record<string, unknown>): object {
  const flags = Object.fromEntries(FLAGS.map((flag) => [flag, set[flag] === true]));
  return { gateway_name: set['gateway_name'] ?? null, entity_type: 'invoice', entity_id: entityId, ...flags };
}
