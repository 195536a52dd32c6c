import express from 'express';
import type { Router } from 'express';
import { money } from './amounts.ts';
import { needs, notPermitted, worldOf } from './door.ts';
import { textIn } from './fields.ts';
import type { Body } from './fields.ts';
import { malformed } from './refusal.ts';
import { SCOPES } from './scopes.ts';
import { readSearchQuery, refuseUnavailable } from './search-query.ts';
import { isInHistory, refreshedAt, search } from './search.ts';
import { searchWire } from './search-wire.ts';
import { compact, readTime } from './times.ts';
import type { Wire } from './wire-tools.ts';
import type { World } from './world.ts';

/** `/v1/reporting`: Transaction Search and balances. */
export function reportingRoutes(): Router {
  const router = express.Router();
  router.get('/transactions', needs(SCOPES.search), (req, res) => {
    const world = worldOf(res);
    if (world.settings.reportingForbidden.includes('transactions')) throw notPermitted();
    const query = readSearchQuery(req.query);
    res.json(searchWire(world, query, search(world, query)));
  });
  router.get('/balances', needs(SCOPES.balances), (req, res) => {
    const world = worldOf(res);
    if (world.settings.reportingForbidden.includes('balances')) throw notPermitted();
    res.json(balancesWire(world, req.query));
  });
  return router;
}

/** At `as_of_time`, but never later than what was refreshed last. The sum of the rows of Transaction Search until then. */
function balancesWire(world: World, query: Body): Wire {
  const refreshedMs = refreshedAt(world);
  const asOf = Math.min(asOfTime(world, query) ?? refreshedMs, refreshedMs);
  const wanted = textIn(query, 'currency_code');
  const balances = world.statement.currencies(asOf).map((currency, at) => {
    const all = money(world.statement.balance(currency, asOf), currency);
    return {
      currency,
      primary: at === 0,
      total_balance: all,
      available_balance: all,
      withheld_balance: money(0, currency),
    };
  });
  return {
    balances: balances.filter(
      ({ currency }) => wanted === undefined || wanted === 'ALL' || currency === wanted,
    ),
    account_id: world.merchant.merchantId,
    as_of_time: compact(asOf),
    last_refresh_time: compact(refreshedMs),
  };
}

function asOfTime(world: World, query: Body): number | undefined {
  const value = textIn(query, 'as_of_time');
  if (value === undefined) return undefined;
  const at = readTime(value);
  if (at === undefined)
    throw malformed('Invalid date passed', { field: 'as_of_time', value, location: 'query' });
  if (!isInHistory(world, at)) throw refuseUnavailable(world.settings.searchUnavailableStatus);
  return at;
}
