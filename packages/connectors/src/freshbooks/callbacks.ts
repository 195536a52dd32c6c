import { z } from 'zod';
import { requireObjectId } from './account.ts';
import { freshbooksClient, type FreshBooksClient, type FreshBooksOptions } from './client.ts';
import type { LooseMoment } from './new-york-time.ts';
import { allRows } from './paging.ts';
import { resultOf, wireCallback } from './schema.ts';

/** One registered webhook (freshbooks.md 5.1). */
export interface Callback {
  readonly id: string;
  /** `invoice.create`, or a bare noun for all its verbs. */
  readonly event: string;
  readonly uri: string;
  /** Only verified callbacks deliver. */
  readonly verified: boolean;
  readonly updatedAt: LooseMoment | null;
}

/** Webhook registration of one account. Every method rejects with ConnectorError. */
export interface Callbacks {
  /** All of them. Nothing stops the same event and uri from being registered twice: list before creating. */
  list(): Promise<readonly Callback[]>;
  get(callbackId: string): Promise<Callback | null>;
  /** FreshBooks then posts `callback.verify` to the uri. */
  create(event: string, uri: string): Promise<Callback>;
  /** Gives the verifier back; events flow from then on. Safe to repeat. */
  verify(callbackId: string, verifier: string): Promise<Callback>;
  /** Asks for another `callback.verify` post. */
  resend(callbackId: string): Promise<Callback>;
  /** Gone already is fine. */
  delete(callbackId: string): Promise<void>;
}

const row: z.ZodType<Callback> = wireCallback.transform(({ id, event, uri, verified, updated_at }) => ({
  id,
  event,
  uri,
  verified,
  updatedAt: updated_at,
}));
const one = resultOf('callback', row);

function change(
  client: FreshBooksClient,
  path: string,
  operation: string,
  { id, callback }: { readonly id: string; readonly callback: Readonly<Record<string, unknown>> },
): Promise<Callback> {
  requireObjectId(operation, 'callbackId', id);
  return client.send({ operation, method: 'PUT', path: `${path}/${id}`, body: { callback }, answer: one });
}

async function remove(client: FreshBooksClient, path: string, id: string): Promise<void> {
  const operation = 'deleteCallback';
  requireObjectId(operation, 'callbackId', id);
  await client.find({
    operation,
    method: 'DELETE',
    path: `${path}/${id}`,
    answer: z.unknown(),
    mayBeEmpty: true,
  });
}

/** The callbacks of one account. */
export function freshbooksCallbacks(options: FreshBooksOptions): Callbacks {
  const client = freshbooksClient(options);
  const path = `/events/account/${encodeURIComponent(options.accountId)}/events/callbacks`;
  const list = { operation: 'listCallbacks', path, name: 'callbacks', search: {}, row };
  return {
    list: () => allRows(client, { ...list, idOf: ({ id }) => id, keep: () => true }),
    async get(id) {
      requireObjectId('getCallback', 'callbackId', id);
      return client.find({ operation: 'getCallback', method: 'GET', path: `${path}/${id}`, answer: one });
    },
    create: (event, uri) =>
      client.send({
        operation: 'createCallback',
        method: 'POST',
        path,
        body: { callback: { event, uri } },
        answer: one,
      }),
    verify: async (id, verifier) =>
      change(client, path, 'verifyCallback', { id, callback: { verifier, callback_id: Number(id) } }),
    resend: async (id) => change(client, path, 'resendCallback', { id, callback: { resend: true } }),
    delete: (id) => remove(client, path, id),
  };
}
