import { ConnectorError } from '@mlc/core';
import { z } from 'zod';
import { failureOf } from '../shared/failure.ts';
import { type PaypalAccess, type PaypalClient, paypalClient } from './client.ts';
import { inWords, isPaypalId, type Outgoing } from './request.ts';

/** The events a webhook has to be subscribed to (paypal.md A.5). */
export const PAYPAL_EVENT_TYPES: readonly string[] = [
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.DECLINED',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'PAYMENT.SALE.COMPLETED',
  'PAYMENT.SALE.PENDING',
  'PAYMENT.SALE.DENIED',
  'PAYMENT.SALE.REFUNDED',
  'PAYMENT.SALE.REVERSED',
  'PAYMENT.REFUND.PENDING',
  'PAYMENT.REFUND.COMPLETED',
  'PAYMENT.REFUND.FAILED',
  'CHECKOUT.ORDER.COMPLETED',
  'INVOICING.INVOICE.PAID',
  'INVOICING.INVOICE.REFUNDED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.UPDATED',
  'CUSTOMER.DISPUTE.RESOLVED',
];

/** A webhook of the app (paypal.md 4.2). */
export interface PaypalWebhook {
  /** The id that goes into every signature: not a secret, but nothing verifies without it. */
  readonly id: string;
  readonly url: string;
  /** `*` stands for all. */
  readonly eventTypes: readonly string[];
}

/** What `mlc webhooks register` says about an endpoint. */
export interface EnsuredWebhook {
  readonly webhook: PaypalWebhook;
  readonly state: 'created' | 'existing' | 'repaired';
}

/** Webhook registration of one app. Every method rejects with ConnectorError. */
export interface PaypalWebhooks {
  list(): Promise<readonly PaypalWebhook[]>;
  /** Not to be repeated blindly: list after an unclear outcome. Urls have to be https on port 443. */
  create(url: string, eventTypes: readonly string[]): Promise<PaypalWebhook>;
  /** Replaces its event types. Safe to repeat. */
  update(webhookId: string, eventTypes: readonly string[]): Promise<PaypalWebhook>;
  /** Finds the webhook of this url, else creates it; adds event types that are missing. Safe to repeat. */
  ensure(url: string): Promise<EnsuredWebhook>;
}

const PATH = '/v1/notifications/webhooks';

const typeNames = z
  .array(z.object({ name: z.string() }))
  .nullish()
  .transform((types) => (types ?? []).map(({ name }) => name));
const webhook = z
  .object({ id: z.string().min(1), url: z.string(), event_types: typeNames })
  .transform(({ id, url, event_types }): PaypalWebhook => ({ id, url, eventTypes: event_types }));
const webhookList = z
  .object({ webhooks: z.array(webhook).nullish() })
  .transform(({ webhooks }) => webhooks ?? []);
const typeList = z.object({ event_types: typeNames }).transform(({ event_types }) => event_types);

/** The webhooks of the app behind one connection. */
export function paypalWebhooks(access: PaypalAccess): PaypalWebhooks {
  const client = paypalClient(access);
  const list = () =>
    client.send({ operation: 'listWebhooks', method: 'GET', path: PATH, answer: webhookList });
  const create = (url: string, eventTypes: readonly string[]) =>
    client.send({
      operation: 'createWebhook',
      method: 'POST',
      path: PATH,
      body: JSON.stringify({ url, event_types: named(eventTypes) }),
      answer: webhook,
    });
  const update = (id: string, types: readonly string[]) => replaceTypes(client, id, types);
  const ensure = async (url: string): Promise<EnsuredWebhook> => {
    const wanted = await wantedTypes(client);
    const found = ofUrl(await list(), url);
    if (found !== undefined) return completed(client, found, wanted);
    try {
      return { webhook: await create(url, wanted), state: 'created' };
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.reason !== 'WEBHOOK_URL_ALREADY_EXISTS') throw error;
      // Somebody else was faster.
      const now = ofUrl(await list(), url);
      if (now === undefined) throw error;
      return completed(client, now, wanted);
    }
  };
  return { list, create, update, ensure };
}

function named(eventTypes: readonly string[]): readonly { readonly name: string }[] {
  return eventTypes.map((name) => ({ name }));
}

/** One unknown name would make PayPal refuse the whole webhook, and the account's list is the authority (paypal.md A.5). */
async function wantedTypes(client: PaypalClient): Promise<readonly string[]> {
  const known = await client.find({
    operation: 'listEventTypes',
    method: 'GET',
    path: '/v1/notifications/webhooks-event-types',
    answer: typeList,
  });
  const wanted = PAYPAL_EVENT_TYPES.filter((name) => known?.includes(name));
  return wanted.length === 0 ? PAYPAL_EVENT_TYPES : wanted;
}

function ofUrl(webhooks: readonly PaypalWebhook[], url: string): PaypalWebhook | undefined {
  const wanted = new URL(url).href;
  return webhooks.find((one) => URL.canParse(one.url) && new URL(one.url).href === wanted);
}

/** Subscriptions that somebody added are left alone. */
async function completed(
  client: PaypalClient,
  found: PaypalWebhook,
  wanted: readonly string[],
): Promise<EnsuredWebhook> {
  const { eventTypes } = found;
  const missing = eventTypes.includes('*') ? [] : wanted.filter((name) => !eventTypes.includes(name));
  if (missing.length === 0) return { webhook: found, state: 'existing' };
  return { webhook: await replaceTypes(client, found.id, [...eventTypes, ...missing]), state: 'repaired' };
}

async function replaceTypes(
  client: PaypalClient,
  id: string,
  eventTypes: readonly string[],
): Promise<PaypalWebhook> {
  const outgoing: Outgoing = {
    operation: 'updateWebhook',
    method: 'PATCH',
    path: `${PATH}/${id}`,
    body: JSON.stringify([{ op: 'replace', path: '/event_types', value: named(eventTypes) }]),
  };
  if (!isPaypalId(id)) {
    throw failureOf(inWords(outgoing), 'rejected', `"${id}" is not a PayPal webhook id`, {
      field: 'webhookId',
    });
  }
  return client.send({ ...outgoing, answer: webhook });
}
