import { createHmac } from 'node:crypto';
import type { TestBusiness } from './test-business.ts';

/** One event of a GoCardless webhook. */
export interface SentEvent {
  readonly id: string;
  readonly action: string;
  readonly payment: string;
  /** What it is about, when not about the payment. */
  readonly resourceType?: string;
}

/** Posts events to the ingress as one delivery, signed as GoCardless signs (gocardless.md 4.2). */
export async function deliverEvents(
  { webhooks, file }: TestBusiness,
  events: readonly SentEvent[],
): Promise<{ readonly status: number; readonly body: unknown }> {
  const body = JSON.stringify({ events: events.map(wireOf) });
  const [secret = ''] = file.connections.gocardless.webhookSecrets;
  const headers = {
    'content-type': 'application/json',
    'webhook-signature': createHmac('sha256', secret).update(body).digest('hex'),
  };
  const response = await fetch(webhooks.gocardless, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
}

function wireOf({ id, action, payment, resourceType = 'payments' }: SentEvent): object {
  return {
    id,
    created_at: new Date().toISOString(),
    resource_type: resourceType,
    action,
    links: { payment },
    details: { origin: 'gocardless', cause: `payment_${action}`, description: 'From a test.' },
    metadata: {},
  };
}
