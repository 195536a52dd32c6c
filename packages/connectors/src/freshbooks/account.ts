import type { z } from 'zod';
import { failureOf } from '../shared/failure.ts';
import type { FreshBooksClient } from './client.ts';

/** One kind of object of one account: where it lives and how it is read. */
export interface Resource {
  readonly client: FreshBooksClient;
  /** Without an id, e.g. `/accounting/account/xZNQ1X/invoices/invoices`. */
  readonly path: string;
}

/** The accounting resources in use; the doubled segments are real (freshbooks.md 2.5). */
const SEGMENTS = {
  clients: 'users/clients',
  invoices: 'invoices/invoices',
  payments: 'payments/payments',
  expenses: 'expenses/expenses',
  categories: 'expenses/categories',
  staffs: 'users/staffs',
} as const;

/** A resource of the account. */
export function resource(client: FreshBooksClient, accountId: string, name: keyof typeof SEGMENTS): Resource {
  return { client, path: `/accounting/account/${encodeURIComponent(accountId)}/${SEGMENTS[name]}` };
}

/** Object ids are digits (freshbooks.md 0). Anything else, and above all '', must not reach a path. */
export function isObjectId(id: string): boolean {
  return /^\d{1,15}$/.test(id);
}

/** One object by its id; null when there is none. */
export function findOne<T>(
  { client, path }: Resource,
  operation: string,
  id: string,
  answer: z.ZodType<T>,
): Promise<T | null> {
  if (!isObjectId(id)) return Promise.resolve(null);
  return client.find({ operation, method: 'GET', path: `${path}/${id}`, answer });
}

/** Refuses to write with something that is no id. */
export function requireObjectId(operation: string, field: string, id: string): void {
  if (isObjectId(id)) return;
  const call = { provider: 'freshbooks', operation, write: false, request: 'not sent' };
  throw failureOf(call, 'rejected', `${field} "${id}" is not a FreshBooks id`, {
    field,
    reason: 'bad_request',
  });
}
