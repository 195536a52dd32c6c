import type { CallInWords } from '../shared/failure.ts';
import { redactBody } from '../shared/redact.ts';

/** The only version there is; mandatory on every call (gocardless.md 1.2). */
const API_VERSION = '2015-07-06';

/** A list's filters by their names on the wire, `created_at[gt]` included. */
export type Filters = Readonly<Record<string, string>>;

/** A request before it has an address and a token. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly idempotencyKey?: string;
}

/** The next page of a list, everything percent-encoded (gocardless.md 1.4). */
export function pagePath(plural: string, filters: Filters, pageSize: number, after: string | null): string {
  const cursor = after === null ? {} : { after };
  const query = new URLSearchParams({ ...filters, limit: String(pageSize), ...cursor });
  return `/${plural}?${query.toString()}`;
}

/** Filters that name no object. */
const KIND_OR_TIME = /^(created_at\b|charge_date\b|action$|resource_type$)/;

/** Whether the filters ask for what belongs to one object: only then can "no such object" be an answer. */
export function nameAnObject(filters: Filters): boolean {
  return Object.keys(filters).some((name) => !KIND_OR_TIME.test(name));
}

/** The call as failures tell it. */
export function inWords(operation: string, { method, path, body }: Outgoing): CallInWords {
  return {
    provider: 'gocardless',
    operation,
    write: method === 'POST',
    // Only failures tell it.
    get request() {
      return `${method} ${path}${body === undefined ? '' : ` ${redactBody(body)}`}`;
    },
  };
}

/** gocardless.md 1.2. */
export function headersOf({ body, idempotencyKey }: Outgoing, token: string): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    'GoCardless-Version': API_VERSION,
    Accept: 'application/json',
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
  };
}
