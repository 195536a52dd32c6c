import type { Request, Response, Router } from 'express';
import { unwrap } from './fields.ts';
import type { Body } from './fields.ts';
import { listPage } from './listing.ts';
import type { Listing, Query } from './listing.ts';
import { Refusal, apiUsage, idempotencyConflict, notFound } from './refusal.ts';
import type { Metadata, Row } from './wire.ts';
import type { World } from './world.ts';
import { isObject } from './fields.ts';

/** One API call as the resources see it. */
export interface Call {
  readonly world: World;
  /** The object under the plural key, or under `data` for an action; {} when there is no body. */
  readonly body: Body;
  readonly query: Query;
  /** Where this sandbox is reached, without a trailing slash. */
  readonly baseUrl: string;
}

/** The verbs a resource answers. Every one gives the row (or what to show of it). */
export interface Resource<T extends Row> {
  /** Path, and the key around every body. */
  readonly plural: string;
  readonly find?: (world: World, id: string) => T | undefined;
  readonly listing?: (world: World, query: Query) => Listing<T>;
  /** Added beside the list, such as `linked`. */
  readonly beside?: (world: World, rows: readonly T[], query: Query) => object;
  readonly create?: (call: Call) => T;
  /** Paths below the plural that also create. */
  readonly createPaths?: readonly string[];
  /** False: the same Idempotency-Key creates again (1.9). */
  readonly dedupes?: boolean;
  readonly update?: (call: Call, row: T) => void;
  readonly remove?: (call: Call, row: T) => void;
  readonly actions?: Readonly<Record<string, (call: Call, row: T) => void>>;
  readonly show?: (world: World, row: T) => object;
}

const KEY_LENGTH_MAX = 255;

/** Mounts a resource's routes: envelopes, 201 and 200, idempotency, paging. */
export function mountResource<T extends Row>(router: Router, resource: Resource<T>): void {
  mountReading(router, resource);
  mountCreating(router, resource);
  mountChanging(router, resource);
  for (const [name, act] of Object.entries(resource.actions ?? {})) {
    router.post(`/${resource.plural}/:id/actions/${name}`, (req, res) => {
      const row = findRow(resource, req, res);
      act(callOf(req, res, actionBody(req)), row);
      answer(res, resource, row);
    });
  }
}

function mountReading<T extends Row>(router: Router, resource: Resource<T>): void {
  const { plural, listing, beside } = resource;
  if (listing !== undefined) {
    router.get(`/${plural}`, (req, res) => {
      const { world, query } = callOf(req, res, {});
      const { rows, meta } = listPage(listing(world, query), query);
      const shown = rows.map((row) => resource.show?.(world, row) ?? row);
      res.json({ [plural]: shown, meta, ...beside?.(world, rows, query) });
    });
  }
  if (resource.find !== undefined) {
    router.get(`/${plural}/:id`, (req, res) => answer(res, resource, findRow(resource, req, res)));
  }
}

function mountCreating<T extends Row>(router: Router, resource: Resource<T>): void {
  const { plural, create, createPaths = [], dedupes = true } = resource;
  if (create === undefined) return;
  router.post([`/${plural}`, ...createPaths.map((path) => `/${plural}/${path}`)], (req, res) => {
    const world = worldOf(res);
    const key = idempotencyKey(req);
    const slot = `${plural} ${key ?? ''}`;
    const existing = key !== undefined && dedupes ? world.idempotency.get(slot) : undefined;
    if (existing !== undefined) throw idempotencyConflict(existing);
    const row = create(callOf(req, res, unwrap(req.body, plural)));
    // Only what was created holds its key: a refused request may be sent again with it.
    if (key !== undefined) world.idempotency.set(slot, row.id);
    res.status(201);
    answer(res, resource, row);
  });
}

function mountChanging<T extends Row>(router: Router, resource: Resource<T>): void {
  const { plural, update, remove } = resource;
  if (update !== undefined) {
    router.put(`/${plural}/:id`, (req, res) => {
      const row = findRow(resource, req, res);
      update(callOf(req, res, unwrap(req.body, plural)), row);
      answer(res, resource, row);
    });
  }
  if (remove !== undefined) {
    router.delete(`/${plural}/:id`, (req, res) => {
      const row = findRow(resource, req, res);
      remove(callOf(req, res, {}), row);
      answer(res, resource, row);
    });
  }
}

/** The organisation the token belongs to, put there by the authorisation check. */
export function worldOf(res: Response): World {
  return (res.locals as { world: World }).world;
}

function callOf(req: Request, res: Response, body: Body): Call {
  const baseUrl = `${req.protocol}://${req.get('host') ?? '127.0.0.1'}`;
  return { world: worldOf(res), body, query: queryOf(req), baseUrl };
}

/** Repeated parameters count once; `a[b]=c` keeps its brackets in the name. */
export function queryOf(req: Request): Query {
  const pairs = new URL(req.originalUrl, 'http://sandbox').searchParams;
  return Object.fromEntries(pairs.entries());
}

/** `{"data": {…}}`, or nothing at all. */
function actionBody(req: Request): Body {
  const body: unknown = req.body;
  return isObject(body) && Object.keys(body).length > 0 ? unwrap(body, 'data') : {};
}

/** Metadata given with an action goes to the event it causes, not to the resource (1.6). */
export function metadataOf(body: Body): Metadata {
  const { metadata } = body;
  return isObject(metadata) ? (metadata as Metadata) : {};
}

function findRow<T extends Row>(resource: Resource<T>, req: Request, res: Response): T {
  const id = String(req.params['id']);
  const world = worldOf(res);
  if (world.removedCustomers.has(id))
    throw apiUsage(410, 'customer_data_removed', 'This customer has been removed');
  const row = resource.find?.(world, id);
  if (row === undefined) throw notFound();
  return row;
}

function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined || key.length <= KEY_LENGTH_MAX) return key;
  throw apiUsage(400, 'idempotency_key_too_long', 'Idempotency key is too long');
}

function answer<T extends Row>(res: Response, { plural, show }: Resource<T>, row: T): void {
  res.json({ [plural]: show?.(worldOf(res), row) ?? row });
}

/** Looks a linked resource up; the refusal names the parameter. */
export function linked<T extends Row>(row: T | undefined, name: string, plural: string): T {
  if (row !== undefined) return row;
  const message = `No ${name} with that ID was found`;
  const errors = [
    { reason: 'link_not_found', message, field: name, request_pointer: `/${plural}/links/${name}` },
  ];
  throw new Refusal({ status: 422, type: 'invalid_api_usage', message, errors, slug: 'link_not_found' });
}
