import express from 'express';
import type { Router } from 'express';
import { needs, worldOf } from './door.ts';
import { allEventTypes, eventTypeWire, subscriptionWire } from './event-types.ts';
import { bodyOf } from './fields.ts';
import { SCOPES } from './scopes.ts';
import { checkedEventTypes, checkedUrl, knownWebhook, patchWebhook, refuseTooMany } from './webhook-rules.ts';
import type { WebhookRow } from './webhook-desk.ts';
import { links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';

const PATH = '/v1/notifications/webhooks';

/** `/v1/notifications/webhooks` and the list of event types (paypal.md 4.2). */
export function webhookRoutes(): Router {
  const router = express.Router();
  router.use(['/webhooks', '/webhooks-event-types'], needs(SCOPES.webhooks));
  router.get('/webhooks-event-types', (_req, res) => void res.json({ event_types: allEventTypes() }));
  router.post('/webhooks', (req, res) => {
    const { desk } = worldOf(res);
    const { url, event_types } = bodyOf(req.body);
    const address = checkedUrl(url, desk.webhooks);
    const types = checkedEventTypes(event_types);
    refuseTooMany(desk.webhooks);
    res.status(201).json(webhookWire(desk.addWebhook(address, types)));
  });
  router.get('/webhooks', (_req, res) => {
    res.json({ webhooks: [...worldOf(res).desk.webhooks.values()].map(webhookWire) });
  });
  router.get('/webhooks/:id', (req, res) => {
    res.json(webhookWire(knownWebhook(worldOf(res).desk.webhooks, req.params.id)));
  });
  router.get('/webhooks/:id/event-types', (req, res) => {
    const { eventTypes } = knownWebhook(worldOf(res).desk.webhooks, req.params.id);
    res.json({ event_types: eventTypes.map(eventTypeWire) });
  });
  router.patch('/webhooks/:id', (req, res) => {
    const { webhooks } = worldOf(res).desk;
    const row = knownWebhook(webhooks, req.params.id);
    patchWebhook(row, req.body, webhooks);
    res.json(webhookWire(row));
  });
  router.delete('/webhooks/:id', (req, res) => {
    const { webhooks } = worldOf(res).desk;
    webhooks.delete(knownWebhook(webhooks, req.params.id).id);
    res.status(204).end();
  });
  return router;
}

/** A webhook on the wire. */
export function webhookWire({ id, url, eventTypes }: WebhookRow): Wire {
  const path = `${PATH}/${id}`;
  return {
    id,
    url,
    event_types: eventTypes.map(subscriptionWire),
    links: links(
      { rel: 'self', path },
      { rel: 'update', path, method: 'PATCH' },
      { rel: 'delete', path, method: 'DELETE' },
    ),
  };
}
