import express from 'express';
import type { Request, Router } from 'express';
import type { Delivery } from '../deliveries.ts';
import { bearerOf, callFor, param, requireScope } from './access.ts';
import type { Intent } from './access.ts';
import { callbackById, callbackWire, createCallback, listCallbacks, updateCallback } from './callbacks.ts';
import { middleEvents, newestEvents } from './error-families.ts';
import { scopeOfEvent, verifyDelivery } from './events.ts';
import { Refusal } from './failures.ts';
import type { Call } from './resource.ts';
import { envelope, jsonBody, listEnvelope, pathId, refusals, sentVersion, wrapped } from './routes-shared.ts';
import type { World } from './world.ts';

/** `/events/account/{accountId}/events/callbacks` (freshbooks.md 5.1). `send` takes handshakes. */
export function eventRoutes(world: World, send: (delivery: Delivery) => void): Router {
  const router = express.Router({ mergeParams: true });
  router.use(jsonBody());
  router.get('/', (req, res) => {
    res.json(listEnvelope('callbacks', listCallbacks(enter(world, req))));
  });
  router.post('/', (req, res) => {
    const { books } = enter(world, req);
    const body = wrapped(req, 'callback');
    requireSubscription(world, req, body['event']);
    const callback = createCallback(books, body);
    send(verifyDelivery(books, callback));
    res.json(envelope({ callback: callbackWire(callback) }));
  });
  router.get('/:id', (req, res) => {
    const { books } = enter(world, req);
    res.json(envelope({ callback: callbackWire(callbackById(books, pathId(req, 'callback'))) }));
  });
  router.put('/:id', (req, res) => {
    const { books } = enter(world, req);
    const body = wrapped(req, 'callback');
    requireSubscription(world, req, body['event']);
    const callback = updateCallback(books, pathId(req, 'callback'), body, send);
    res.json(envelope({ callback: callbackWire(callback) }));
  });
  router.delete('/:id', (req, res) => {
    const { books } = enter(world, req);
    books.callbacks.delete(callbackById(books, pathId(req, 'callback')).id);
    res.status(204).end();
  });
  router.use((req) => {
    throw new Refusal(404, { errno: 404, message: `No ${req.method} ${req.path} here.` });
  });
  router.use(refusals((req) => (sentVersion(req) ? middleEvents : newestEvents)));
  return router;
}

function enter(world: World, req: Request): Call {
  const intent: Intent = { scope: null, writes: req.method !== 'GET' };
  return callFor(world, req, world.accounts.get(param(req, 'accountId')), intent);
}

/** Subscribing needs the read scope of the object; an unknown event is refused later, by its value. */
function requireSubscription(world: World, req: Request, event: unknown): void {
  const scope = typeof event === 'string' ? scopeOfEvent(event) : null;
  requireScope(bearerOf(world, req), { scope, writes: false });
}
