import express from 'express';
import type { Router } from 'express';
import { needs, worldOf } from './door.ts';
import { eventWire } from './event-book.ts';
import type { EventRow } from './event-book.ts';
import { bodyOf, textIn } from './fields.ts';
import type { Body } from './fields.ts';
import { validationError } from './refusal.ts';
import { SCOPES } from './scopes.ts';
import { readTime, seconds } from './times.ts';
import { unknownWebhookThing } from './webhook-rules.ts';
import { links } from './wire-tools.ts';
import type { Link } from './wire-tools.ts';
import type { World } from './world.ts';

const PATH = '/v1/notifications/webhooks-events';
const DAY_MS = 86_400_000;
const PAGE_SIZE_DEFAULT = 10;
const PAGE_SIZE_MAX = 300;

/** `/v1/notifications/webhooks-events` (paypal.md 4.2): newest first. */
export function eventRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.webhooks));
  router.get('/', (req, res) => {
    const world = worldOf(res);
    const { size, skipped } = pageOf(req.query);
    const wanted = world.desk.events.filter(wantedBy(req.query, world)).reverse();
    const page = wanted.slice(skipped, skipped + size);
    res.json({
      events: page.map(eventWire),
      count: page.length,
      links: links(...pageLinks(req.query, { size, skipped, total: wanted.length }, world)),
    });
  });
  router.get('/:id', (req, res) => void res.json(eventWire(known(worldOf(res), req.params.id))));
  router.post('/:id/resend', (req, res) => {
    const world = worldOf(res);
    const event = known(world, req.params.id);
    const pending = event.transmissions.filter(({ status }) => status === 'PENDING');
    const { webhook_ids: wanted } = bodyOf(req.body);
    const ids = Array.isArray(wanted) ? wanted.map(String) : [...world.desk.webhooks.keys()];
    // What is still being tried is not sent again.
    world.desk.send(
      event,
      ids.filter((id) => !pending.some(({ webhookId }) => webhookId === id)),
    );
    res.status(202).json(eventWire(event));
  });
  return router;
}

function known(world: World, id: string): EventRow {
  const event = world.desk.events.find((row) => row.id === id);
  if (event === undefined) throw unknownWebhookThing();
  return event;
}

/** Pages are named by how many events come before them; PayPal's own tokens mean nothing to a client either. */
function pageOf(query: Body): { size: number; skipped: number } {
  const wanted = textIn(query, 'page_size') ?? String(PAGE_SIZE_DEFAULT);
  const size = /^\d+$/.test(wanted) ? Number(wanted) : 0;
  if (size < 1 || size > PAGE_SIZE_MAX) throw validationError('page_size', 'Invalid data provided');
  return { size, skipped: Number(textIn(query, 'index_id') ?? 0) };
}

function timeIn(query: Body, name: string, world: World): number | undefined {
  const value = textIn(query, name);
  if (value === undefined) return undefined;
  const at = readTime(value);
  const isTooOld = at !== undefined && world.now() - at > world.settings.eventRetentionDays * DAY_MS;
  if (at === undefined || isTooOld) throw validationError(name, 'Invalid data provided');
  return at;
}

function wantedBy(query: Body, world: World): (row: EventRow) => boolean {
  const oldest = world.now() - world.settings.eventRetentionDays * DAY_MS;
  const start = timeIn(query, 'start_time', world) ?? oldest;
  const end = timeIn(query, 'end_time', world) ?? Infinity;
  const transaction = textIn(query, 'transaction_id');
  const type = textIn(query, 'event_type');
  return (row) =>
    row.createdMs >= start &&
    row.createdMs <= end &&
    (transaction === undefined || row.transactionIds.includes(transaction)) &&
    (type === undefined || row.type === type);
}

function pageLinks(
  query: Body,
  { size, skipped, total }: { size: number; skipped: number; total: number },
  world: World,
): Link[] {
  const link = (rel: string, from: number): Link => {
    const wanted = new URLSearchParams({ page_size: String(size) });
    for (const name of ['start_time', 'end_time', 'transaction_id', 'event_type']) {
      const value = textIn(query, name);
      if (value !== undefined) wanted.set(name, value);
    }
    if (rel !== 'self') {
      wanted.set('move_to', rel);
      wanted.set('index_time', seconds(world.now()));
      wanted.set('index_id', String(from));
    }
    return { rel, path: `${PATH}?${wanted.toString()}` };
  };
  return [
    link('self', skipped),
    ...(skipped + size < total ? [link('next', skipped + size)] : []),
    ...(skipped > 0 ? [link('previous', Math.max(skipped - size, 0))] : []),
  ];
}
