import express from 'express';
import type { Router } from 'express';
import type { Deliveries } from '../deliveries.ts';
import { needs, worldOf } from './door.ts';
import { eventWire } from './event-book.ts';
import { bodyOf } from './fields.ts';
import { validationError } from './refusal.ts';
import { SCOPES } from './scopes.ts';
import { sampleEvent } from './simulator.ts';
import { SIMULATOR_WEBHOOK_ID, transmission } from './transmit.ts';
import { checkedUrl, knownWebhook } from './webhook-rules.ts';

/**
 * `POST /v1/notifications/simulate-event`: a sample to any address, signed under the live certificate for the literal
 * `WEBHOOK_ID`. Who verifies with that accepts events from everybody (paypal.md 3.7).
 */
export function simulatorRoutes(deliveries: Deliveries): Router {
  const router = express.Router();
  router.post('/simulate-event', needs(SCOPES.webhooks), async (req, res) => {
    const world = worldOf(res);
    const { webhook_id: webhookId, url, event_type: type, resource_version: version } = bodyOf(req.body);
    const { webhooks, certificates } = world.desk;
    const address =
      typeof webhookId === 'string' ? knownWebhook(webhooks, webhookId).url : checkedUrl(url, new Map());
    const event = sampleEvent(world, String(type), version === '1.0' ? 'v1' : 'v2');
    if (event === undefined) throw validationError('event_type', 'Not a valid webhook event name');
    const signer = await certificates.signer('live');
    const atMs = world.clock.now().getTime();
    deliveries.send(
      transmission(signer, { url: address, webhookId: SIMULATOR_WEBHOOK_ID, body: event.body, atMs }),
    );
    res.status(202).json(eventWire(event));
  });
  return router;
}
