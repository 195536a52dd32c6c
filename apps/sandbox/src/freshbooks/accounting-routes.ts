import express from 'express';
import type { Request, Router } from 'express';
import { callFor, param } from './access.ts';
import { CLIENTS } from './clients.ts';
import { CREDIT_NOTES } from './credit-notes.ts';
import { newAccounting, oldAccounting } from './error-families.ts';
import { EXPENSES } from './expenses.ts';
import { Refusal, notInPlan } from './failures.ts';
import { INVOICES } from './invoices.ts';
import { CATEGORIES, STAFF } from './lists.ts';
import { oldChart, oldJournalDetails } from './old-ledger.ts';
import { OTHER_INCOMES } from './other-incomes.ts';
import { PAYMENTS } from './payments.ts';
import type { Call, Resource } from './resource.ts';
import { envelope, jsonBody, listEnvelope, pathId, refusals, sentVersion, wrapped } from './routes-shared.ts';
import { shareLink } from './share-link.ts';
import type { GatedFeature } from './switches.ts';
import type { World } from './world.ts';

const RESOURCES = [CLIENTS, INVOICES, PAYMENTS, CREDIT_NOTES, EXPENSES, CATEGORIES, STAFF, OTHER_INCOMES];

/** The errno of each feature a plan may lack, and where it is. */
const GATED: Readonly<
  Record<Exclude<GatedFeature, 'journal_entries'>, { readonly errno: number; readonly path: string }>
> = {
  items: { errno: 12_001, path: 'items/items' },
  bills: { errno: 41_001, path: 'bills/bills' },
  bill_vendors: { errno: 31_001, path: 'bill_vendors/bill_vendors' },
  bill_payments: { errno: 41_101, path: 'bill_payments/bill_payments' },
  other_income: { errno: 1003, path: 'other_incomes/other_incomes' },
};

/** `/accounting/account/{accountId}/…` (freshbooks.md 2, 3). */
export function accountingRoutes(world: World): Router {
  const router = express.Router({ mergeParams: true });
  router.use(jsonBody());
  mountGated(router, world);
  router.get('/invoices/invoices/:id/share_link', (req, res) => {
    const call = enter(world, req, 'invoices');
    res.json(envelope({ share_link: shareLink(call, pathId(req, 'invoice')) }));
  });
  router.get('/journal_entry_accounts/journal_entry_accounts', (req, res) => {
    res.json(listEnvelope('journal_entry_accounts', oldChart(enter(world, req, 'journal_entries'))));
  });
  router.get('/journal_entries/journal_entry_details', (req, res) => {
    res.json(listEnvelope('journal_entry_details', oldJournalDetails(enter(world, req, 'journal_entries'))));
  });
  for (const resource of RESOURCES) mount(router, world, resource);
  router.use((req) => {
    throw new Refusal(404, { errno: 1012, message: `No ${req.method} ${req.path} here.` });
  });
  router.use(refusals((req) => (sentVersion(req) ? newAccounting : oldAccounting)));
  return router;
}

function enter(world: World, req: Request, scope: string | null): Call {
  const books = world.accounts.get(param(req, 'accountId'));
  return callFor(world, req, books, { scope, writes: req.method !== 'GET' });
}

function mount(router: Router, world: World, resource: Resource): void {
  const { path, scope, one, many } = resource;
  router.get(`/${path}`, (req, res) => {
    const page = able(resource.list)(enter(world, req, scope));
    res.json(listEnvelope(many, page));
  });
  router.post(`/${path}`, (req, res) => {
    const call = enter(world, req, scope);
    res.json(envelope({ [one]: able(resource.create)(call, wrapped(req, one)) }));
  });
  router.get(`/${path}/:id`, (req, res) => {
    const call = enter(world, req, scope);
    res.json(envelope({ [one]: able(resource.read)(call, pathId(req, one)) }));
  });
  router.put(`/${path}/:id`, (req, res) => {
    const call = enter(world, req, scope);
    res.json(envelope({ [one]: able(resource.update)(call, pathId(req, one), wrapped(req, one)) }));
  });
  router.delete(`/${path}/:id`, (req, res) => {
    const call = enter(world, req, scope);
    able(resource.remove)(call, pathId(req, one));
    res.json({ response: {} });
  });
}

function able<Method>(method: Method | undefined): Method {
  if (method !== undefined) return method;
  throw new Refusal(405, { errno: 1003, message: 'Method not allowed.' });
}

/** Outside the plan: 200 with errors, whatever the method. Inside it, what is not simulated is an empty list. */
function mountGated(router: Router, world: World): void {
  for (const [feature, { errno, path }] of Object.entries(GATED)) {
    router.use(`/${path}`, (req, _res, next) => {
      enter(world, req, null);
      if (world.switches.gated.some((name) => name === feature)) throw notInPlan(errno);
      next();
    });
    if (feature === 'other_income') continue;
    router.get(`/${path}`, (req, res) => {
      const { perPage, page } = enter(world, req, null).query;
      const name = path.split('/')[1] ?? path;
      res.json(listEnvelope(name, { rows: [], page, pages: 0, per_page: perPage, total: 0 }));
    });
  }
}
