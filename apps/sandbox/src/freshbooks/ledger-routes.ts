import express from 'express';
import type { Request, Router } from 'express';
import { callFor, param } from './access.ts';
import { isBody } from './body.ts';
import { chartReport, createLedgerAccount, ledgerAccountById, ledgerAccountWire } from './chart.ts';
import { ledger } from './error-families.ts';
import { notInPlan, Refusal } from './failures.ts';
import { createJournalEntry, journalEntryWire } from './journal.ts';
import type { Call } from './resource.ts';
import { envelope, jsonBody, refusals, wrapped } from './routes-shared.ts';
import type { World } from './world.ts';

const JOURNAL_VERSION = '2023-09-25';
const ACCOUNTS = '/ledger_accounts/accounts';

/** `/accounting/businesses/{business_uuid}/…`: journal entries and the chart of accounts (freshbooks.md 3.7). */
export function ledgerRoutes(world: World): Router {
  const router = express.Router({ mergeParams: true });
  router.use(jsonBody());
  mountJournal(router, world);
  mountChart(router, world);
  router.use((req) => {
    const methodUnknown = req.path.startsWith('/journal_entries');
    throw new Refusal(methodUnknown ? 405 : 404, {
      errno: 1012,
      message: `No ${req.method} ${req.path} here.`,
    });
  });
  router.use(refusals(() => ledger));
  return router;
}

/** Create and list only: an entry cannot be changed or deleted. */
function mountJournal(router: Router, world: World): void {
  router.post('/journal_entries', (req, res) => {
    const { books } = enter(world, req);
    requireVersion(req);
    const entry = createJournalEntry(books, wrapped(req, 'manualJournalEntry'));
    res.status(201).json({ data: journalEntryWire(entry) });
  });
  router.get('/journal_entries', (req, res) => {
    const { books, query } = enter(world, req);
    requireVersion(req);
    const page = Math.max(1, Number(query.flat.get('page_number') ?? 1) || 1);
    const size = Math.max(1, Number(query.flat.get('page_size') ?? 15) || 15);
    const entries = books.journal.slice((page - 1) * size, page * size).map(journalEntryWire);
    res.json({ data: entries, meta: { page_number: page, page_size: size, total: books.journal.length } });
  });
}

function mountChart(router: Router, world: World): void {
  router.get('/reports/chart_of_accounts', (req, res) => {
    res.json(envelope(chartReport(enter(world, req))));
  });
  router.get(ACCOUNTS, (req, res) => {
    const { books } = enter(world, req);
    res.json({ data: [...books.chart.values()].map((account) => ledgerAccountWire(books, account)) });
  });
  router.get(`${ACCOUNTS}/:uuid`, (req, res) => {
    const { books } = enter(world, req);
    res.json({ data: ledgerAccountWire(books, ledgerAccountById(books, param(req, 'uuid'))) });
  });
  router.post(ACCOUNTS, (req, res) => {
    const { books } = enter(world, req);
    const body: unknown = req.body;
    const account = createLedgerAccount(books, isBody(body) ? body : {});
    res.status(201).json({ data: ledgerAccountWire(books, account) });
  });
}

function enter(world: World, req: Request): Call {
  const uuid = param(req, 'businessUuid');
  const books = [...world.accounts.values()].find(({ business }) => business.businessUuid === uuid);
  const call = callFor(world, req, books, { scope: 'journal_entries', writes: req.method !== 'GET' });
  if (world.switches.gated.includes('journal_entries')) throw notInPlan(1003);
  return call;
}

function requireVersion(req: Request): void {
  if (req.get('x-api-version') === JOURNAL_VERSION) return;
  const message = `The header x-api-version: ${JOURNAL_VERSION} is required.`;
  throw new Refusal(400, { errno: 1003, message, field: 'x-api-version' });
}
