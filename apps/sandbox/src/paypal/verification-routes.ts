import express from 'express';
import type { Router } from 'express';
import type { CertificateDesk } from './certificate-desk.ts';
import { needs, rawBodyOf, worldOf } from './door.ts';
import { bodyOf } from './fields.ts';
import type { Body } from './fields.ts';
import { rawMember } from './raw-member.ts';
import { oldRefusal, validationError } from './refusal.ts';
import { SCOPES } from './scopes.ts';
import { isSignedBy } from './signature.ts';
import type { World } from './world.ts';

/** Longest value and pattern of each text the verify endpoint demands (paypal.md 3.8). */
const RULES: Readonly<Record<string, readonly [max: number, pattern: RegExp]>> = {
  auth_algo: [100, /^[a-zA-Z0-9]+$/],
  cert_url: [500, /^https?:\/\//],
  transmission_id: [50, /^(?!\d+$)\w+\S+$/],
  transmission_sig: [500, /\S/],
  transmission_time: [100, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/],
  webhook_id: [50, /^[a-zA-Z0-9]+$/],
};
const STRICT_SIGNATURE = /^(?!\d+$)\w+\S+/;

/** `POST /v1/notifications/verify-webhook-signature`: FAILURE is 200 too. */
export function verificationRoutes(): Router {
  const router = express.Router();
  router.post('/verify-webhook-signature', needs(SCOPES.verification, SCOPES.webhooks), (req, res) => {
    const world = worldOf(res);
    const body = bodyOf(req.body);
    checkFields(body, world);
    const isGenuine = isGenuineDelivery(world, body, rawMember(rawBodyOf(res), 'webhook_event') ?? '');
    res.json({ verification_status: isGenuine ? 'SUCCESS' : 'FAILURE' });
  });
  return router;
}

function checkFields(body: Body, world: World): void {
  for (const [name, [max, pattern]] of Object.entries(RULES)) {
    const value = body[name];
    if (typeof value !== 'string' || value.length > max || !pattern.test(value))
      throw validationError(name, value === undefined ? 'Required field missing' : 'Invalid data provided');
  }
  const { transmission_sig: signature, webhook_event: event } = body;
  if (world.settings.enforceSignaturePattern && !STRICT_SIGNATURE.test(String(signature)))
    throw validationError('transmission_sig', 'Invalid data provided');
  if (typeof event !== 'object' || event === null)
    throw validationError('webhook_event', 'Required field missing');
}

/** Signed by one of our certificates, over this very text, for a webhook of the app that asks. */
function isGenuineDelivery(world: World, body: Body, event: string): boolean {
  const text = (name: string): string => String(body[name]);
  const pem = world.desk.certificates.findByUrl(text('cert_url'));
  const webhookId = text('webhook_id');
  if (pem === undefined || text('auth_algo') !== 'SHA256withRSA') return false;
  if (!world.desk.webhooks.has(webhookId)) return false;
  const transmission = {
    id: text('transmission_id'),
    time: text('transmission_time'),
    webhookId,
    body: event,
  };
  return isSignedBy(transmission, text('transmission_sig'), pem);
}

/** `GET /v1/notifications/certs/{id}`: the leaf only, no token asked (paypal.md 3.3). */
export function certificateRoutes(certificates: CertificateDesk): Router {
  const router = express.Router();
  router.get('/v1/notifications/certs/:id', (req, res) => {
    const pem = certificates.find(req.params.id);
    if (pem === undefined) throw oldRefusal(404, 'INVALID_RESOURCE_ID', 'Resource id is invalid');
    res.set({ 'Content-Type': 'application/x-pem-file', 'Cache-Control': 'public,max-age=86400' });
    res.send(Buffer.from(pem));
  });
  return router;
}
