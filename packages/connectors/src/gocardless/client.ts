import type { Clock, HttpClient, HttpResponse, RateLimiter } from '@mlc/core';
import type { z } from 'zod';
import { type CallInWords, failureOf, takeTurn, translated, unclear } from '../shared/failure.ts';
import { oncePer } from '../shared/once.ts';
import { redactBody } from '../shared/redact.ts';
import { saysMissing } from './complaint.ts';
import { listSchema, oneSchema, type Page, wrongFields } from './envelope.ts';
import { type Filters, headersOf, inWords, nameAnObject, type Outgoing, pagePath } from './request.ts';
import { failureFromAnswer, msUntilReset } from './failures.ts';

/** The most GoCardless gives at once (gocardless.md 1.5). */
const PAGE_SIZE = 500;
/** Waited after a 429 that does not say for how long: GoCardless counts per minute. */
const UNSAID_WAIT_MS = 60_000;
/** Said of what is kept for a while only (gocardless.md 2.11), and of objects that are gone. */
export const GONE = 410;

/** What the connector of one business needs to reach GoCardless. */
export interface GocardlessAccess {
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
  readonly accessToken: () => Promise<string>;
  /** `https://api.gocardless.com`, its sandbox, or an override; no trailing slash needed. */
  readonly apiUrl: string;
  readonly connectionId: string;
  readonly clock: Clock;
  /** The creditor of the account that is this business's; left out or null when none was chosen. */
  readonly creditorId?: string | null;
}

/** One kind of object: its plural on the wire and what it must look like. */
export interface Resource<T> {
  readonly plural: string;
  readonly schema: z.ZodType<T>;
  /** 410 means that the rows are not kept any more, not that there are none: a failure. */
  readonly expires?: true;
}

/** A write: an action on an object, or a creation with its idempotency key. */
export interface Write {
  readonly operation: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
}

/** A call and what came back. */
interface Exchange {
  readonly call: CallInWords;
  readonly answer: HttpResponse;
  readonly token: string;
}

const oneOf = oncePer((resource: Resource<unknown>) => oneSchema(resource));
const listOf = oncePer((resource: Resource<unknown>) => listSchema(resource));

/** Read once and built once: see `oncePer`. */
function oneAnswer<T>(resource: Resource<T>): z.ZodType<T> {
  return oneOf(resource) as z.ZodType<T>;
}

function listAnswer<T>(resource: Resource<T>): z.ZodType<Page<T>> {
  return listOf(resource) as z.ZodType<Page<T>>;
}

/** GoCardless's API with its conventions kept: headers, envelopes, cursors, failures. Rejects with ConnectorError. */
export class GocardlessClient {
  private readonly access: GocardlessAccess;
  private readonly baseUrl: string;

  constructor(access: GocardlessAccess) {
    this.access = access;
    this.baseUrl = access.apiUrl.replace(/\/+$/, '');
  }

  /** One object; null when there is none with this id. */
  async read<T>(operation: string, resource: Resource<T>, id: string): Promise<T | null> {
    // What is no id would be another path: '' the list, '..' the root.
    if (!/^[A-Za-z0-9_-]+$/.test(id)) return null;
    const outgoing: Outgoing = { method: 'GET', path: `/${resource.plural}/${id}` };
    const exchange = await this.send(operation, outgoing);
    if (saysMissing(exchange.answer)) return null;
    await this.refuseFailure(exchange);
    return understand(exchange, oneAnswer(resource));
  }

  /** All rows that fit the filters, newest first, page by page. Filters on an unknown object give none. */
  async *list<T>(
    operation: string,
    resource: Resource<T>,
    filters: Filters,
    pageSize = PAGE_SIZE,
  ): AsyncGenerator<T, void, undefined> {
    const seen = new Set<string>();
    let after: string | null = null;
    do {
      const exchange = await this.send(operation, {
        method: 'GET',
        path: pagePath(resource.plural, filters, pageSize, after),
      });
      const isExpired = resource.expires === true && exchange.answer.status === GONE;
      if (after === null && nameAnObject(filters) && saysMissing(exchange.answer) && !isExpired) return;
      await this.refuseFailure(exchange);
      const page = understand(exchange, listAnswer(resource));
      yield* page.rows;
      after = page.after;
      if (after !== null && seen.has(after)) {
        throw failureOf(exchange.call, 'transient', `its pages go in a circle: "${after}" comes twice`);
      }
      if (after !== null) seen.add(after);
    } while (after !== null);
  }

  /** Sends a write and reads the object it answers with. */
  async write<T>(resource: Resource<T>, { operation, path, body, idempotencyKey }: Write): Promise<T> {
    const exchange = await this.send(operation, {
      method: 'POST',
      path,
      body: JSON.stringify(body),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    await this.refuseFailure(exchange);
    return understand(exchange, oneAnswer(resource));
  }

  private async send(operation: string, outgoing: Outgoing): Promise<Exchange> {
    const { http, limiter } = this.access;
    const call = inWords(operation, outgoing);
    const token = await this.access.accessToken();
    await takeTurn(limiter, call);
    try {
      const answer = await http.send({
        method: outgoing.method,
        url: `${this.baseUrl}${outgoing.path}`,
        headers: headersOf(outgoing, token),
        ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
        idempotentRead: outgoing.method === 'GET',
      });
      await this.heedRemaining(answer);
      return { call, answer, token };
    } catch (error) {
      throw translated(call, error);
    }
  }

  /** The last call of this minute is used up: nobody calls before the next one (gocardless.md 1.7). */
  private async heedRemaining({ status, headers }: HttpResponse): Promise<void> {
    if (status === 429 || headers['ratelimit-remaining'] !== '0') return;
    const waitMs = msUntilReset(headers, this.access.clock.now());
    if (waitMs !== undefined) await this.pause(waitMs);
  }

  private async refuseFailure({ call, answer, token }: Exchange): Promise<void> {
    if (answer.status >= 200 && answer.status < 300) return;
    const { connectionId, clock } = this.access;
    const failure = failureFromAnswer(call, answer, { connectionId, now: clock.now(), secrets: [token] });
    if (failure.kind === 'rate-limited') {
      await this.pause(failure.retryAfterMs ?? this.access.limiter.unsaidWaitMs ?? UNSAID_WAIT_MS);
    }
    throw failure;
  }

  /** A limiter that cannot be told must not turn an answer into an error. */
  private async pause(waitMs: number): Promise<void> {
    await this.access.limiter.pause(waitMs).catch(() => undefined);
  }
}

/**
 * Reads a 2xx answer. After a write, whatever cannot be read leaves its outcome unknown; a read's answer that is not
 * JSON was cut or came from somewhere else and may be better next time, one with wrong fields will not.
 */
function understand<T>({ call, answer, token }: Exchange, schema: z.ZodType<T>): T {
  // Reading it costs more than the answer itself: only failures tell it.
  const details = () => ({ status: answer.status, response: redactBody(answer.body, [token]) });
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch (cause) {
    throw failureOf(call, unclear(call), `answered ${answer.status} with something that is not JSON`, {
      ...details(),
      cause,
    });
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const kind = call.write ? 'outcome-unknown' : 'rejected';
  const { field, message } = wrongFields(read.error);
  throw failureOf(call, kind, `answered ${answer.status}, but ${message}`, {
    ...details(),
    reason: 'schema_mismatch',
    field,
  });
}
