import express from 'express';
import type { Router } from 'express';
import { disputeListWire, disputeWire } from './dispute-wire.ts';
import { needs, worldOf } from './door.ts';
import { textIn } from './fields.ts';
import type { Body } from './fields.ts';
import { malformed, unprocessable } from './refusal.ts';
import type { DisputeRow } from './rows.ts';
import { SCOPES } from './scopes.ts';
import { readTime } from './times.ts';
import { links } from './wire-tools.ts';
import { found } from './world.ts';

const PATH = '/v1/customer/disputes';
const PAGE_SIZE_MAX = 50;
const PAGE_SIZE_DEFAULT = 10;
const WINDOW_MS = 180 * 86_400_000;

/** `/v1/customer/disputes` (paypal.md 5.4). */
export function disputeRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.disputes));
  router.get('/', (req, res) => {
    const world = worldOf(res);
    const size = pageSize(req.query);
    const start = Number(textIn(req.query, 'next_page_token') ?? 0);
    const wanted = [...world.disputes.values()].filter(wantedBy(req.query, world.now())).reverse();
    const next = new URLSearchParams({ ...texts(req.query), next_page_token: String(start + size) });
    res.json({
      items: wanted.slice(start, start + size).map(disputeListWire),
      links: links(
        { rel: 'self', path: PATH },
        ...(start + size < wanted.length ? [{ rel: 'next', path: `${PATH}?${next.toString()}` }] : []),
      ),
    });
  });
  router.get('/:id', (req, res) => {
    const world = worldOf(res);
    res.json(disputeWire(found(world.disputes, req.params.id), world));
  });
  return router;
}

function texts(query: Body): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function pageSize(query: Body): number {
  const value = textIn(query, 'page_size') ?? String(PAGE_SIZE_DEFAULT);
  const size = /^\d+$/.test(value) ? Number(value) : 0;
  if (size >= 1 && size <= PAGE_SIZE_MAX) return size;
  throw malformed('INVALID_PARAMETER_VALUE', { field: 'page_size', value, location: 'query' });
}

function time(query: Body, name: string, nowMs: number): number | undefined {
  const value = textIn(query, name);
  if (value === undefined) return undefined;
  const at = readTime(value);
  if (at === undefined)
    throw malformed('INVALID_PARAMETER_SYNTAX', { field: name, value, location: 'query' });
  if (nowMs - at > WINDOW_MS)
    throw unprocessable('INVALID_DATE_RANGE', { field: name, value, location: 'query' });
  return at;
}

function wantedBy(query: Body, nowMs: number): (row: DisputeRow) => boolean {
  const [start, after, before] = ['start_time', 'update_time_after', 'update_time_before'].map((name) =>
    time(query, name, nowMs),
  );
  const transaction = textIn(query, 'disputed_transaction_id');
  const states = textIn(query, 'dispute_state')?.split(',');
  return (row) =>
    (start === undefined || row.createdMs >= start) &&
    (after === undefined || row.updatedMs >= after) &&
    (before === undefined || row.updatedMs <= before) &&
    (transaction === undefined || row.transactionIds.includes(transaction)) &&
    (states === undefined || states.includes(row.status === 'RESOLVED' ? 'RESOLVED' : 'REQUIRED_ACTION'));
}
