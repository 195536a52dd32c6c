import { ConnectorError, type Business } from '@mlc/core';
import { ChoiceRefusedError, invoiceByName } from '@mlc/flows';
import { optIn, optOut } from '@mlc/platform/answers/person-says';
import { releaseInvoice } from '@mlc/platform/answers/release-invoice';
import { invoiceForPage, pageOfInvoices } from '@mlc/platform/views/invoices';
import { invoiceTimeline } from '@mlc/platform/views/invoice-timeline';
import { pageOfCollections, pageOfPostings } from '@mlc/platform/views/paged-money';
import { pageOfReviews } from '@mlc/platform/views/paged-reviews';
import { Problem } from '../../http/problem.ts';
import { listOf } from '../account-schemas.ts';
import { daysOf, momentsOf } from '../filters.ts';
import { invoice, invoiceDetails, invoicesQuery, timelineEntry, wish } from '../money-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { id, ofBusiness, pageOf } from '../schemas.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

const one = { within: 'business', params: z.object({ invoiceId: id }), status: 200 } as const;
const inBusiness = z.strictObject(ofBusiness);

export const invoiceRoutes = [
  route({
    id: 'listInvoices',
    method: 'get',
    path: '/invoices',
    summary: 'What becomes of each invoice, the last changed first',
    role: 'viewer',
    within: 'business',
    query: invoicesQuery,
    status: 200,
    answer: pageOf(invoice),
    run: async ({ parts, business, query }) => {
      const question = {
        ...query,
        businessId: business.id,
        states: query.state,
        clients: query.client,
        currencies: query.currency,
        numbers: query.invoice,
        due: { from: query.dueFrom, to: query.dueTo },
        issued: query.month === undefined ? {} : daysOf({ month: query.month }),
        changed: momentsOf(business, { from: query.from, to: query.to }),
      };
      return { body: mutable(await pageOfInvoices(parts.database, question)) };
    },
  }),
  route({
    id: 'lookUpInvoice',
    method: 'post',
    path: '/invoices/lookup',
    summary: 'Ask FreshBooks for an invoice that was not seen yet, by its number or id',
    role: 'viewer',
    within: 'business',
    query: inBusiness,
    body: z.strictObject({ text: z.string().trim().min(1).max(100) }),
    status: 200,
    answer: z.object({ id: z.string(), number: z.string() }),
    run: async ({ parts, business, body }) => ({ body: await lookedUp(parts, business, body.text) }),
  }),
  route({
    id: 'getInvoice',
    method: 'get',
    path: '/invoices/{invoiceId}',
    summary: 'One invoice with its debits, entries and questions',
    role: 'viewer',
    ...one,
    query: inBusiness,
    answer: invoiceDetails,
    run: async ({ parts, business, params }) => ({
      body: mutable(await detailsOf(parts, { businessId: business.id, ...params })),
    }),
  }),
  route({
    id: 'getInvoiceTimeline',
    method: 'get',
    path: '/invoices/{invoiceId}/timeline',
    summary: 'Everything that happened to it, newest first',
    role: 'viewer',
    ...one,
    query: inBusiness,
    answer: listOf(timelineEntry),
    run: async ({ parts, business, params }) => {
      const which = { businessId: business.id, ...params };
      await seenInvoice(parts, which);
      return { body: { items: mutable(await invoiceTimeline(parts.database, which)) } };
    },
  }),
  route({
    id: 'optInvoiceOut',
    method: 'put',
    path: '/invoices/{invoiceId}/opt-out',
    summary: 'Never collect it; a debit that can be cancelled is cancelled',
    role: 'finance',
    ...one,
    query: inBusiness,
    body: wish,
    answer: invoice,
    run: async ({ parts, business, caller, params, body }) => {
      const which = { businessId: business.id, ...params };
      await seenInvoice(parts, which);
      await optOut(parts.database, parts.clock, targetOf(which, { note: body.note, by: caller.actor }));
      return { body: mutable(await seenInvoice(parts, which)) };
    },
  }),
  route({
    id: 'optInvoiceIn',
    method: 'delete',
    path: '/invoices/{invoiceId}/opt-out',
    summary: 'Collect it again',
    role: 'finance',
    ...one,
    query: z.strictObject({ ...ofBusiness, note: wish.shape.note.optional() }),
    answer: invoice,
    run: async ({ parts, business, caller, params, query }) => {
      const which = { businessId: business.id, ...params };
      await seenInvoice(parts, which);
      const note = query.note ?? 'switched on again in the console';
      await optIn(parts.database, parts.clock, targetOf(which, { note, by: caller.actor }));
      return { body: mutable(await seenInvoice(parts, which)) };
    },
  }),
  route({
    id: 'collectInvoice',
    method: 'post',
    path: '/invoices/{invoiceId}/collect',
    summary:
      'Let it be debited again, after a debit that failed, was charged back or whose payment was taken back',
    role: 'finance',
    ...one,
    query: inBusiness,
    body: wish,
    answer: invoice,
    run: async ({ parts, business, caller, params, body }) => {
      const which = { businessId: business.id, ...params };
      await seenInvoice(parts, which);
      await releaseInvoice(
        parts.database,
        parts.clock,
        targetOf(which, { note: body.note, by: caller.actor }),
      );
      return { body: mutable(await seenInvoice(parts, which)) };
    },
  }),
];

interface Which {
  readonly businessId: string;
  readonly invoiceId: string;
}

function targetOf({ businessId, invoiceId }: Which, said: { note: string; by: string }) {
  return { businessId, id: invoiceId, kind: 'invoice', ...said } as const;
}

/** @throws Problem */
async function seenInvoice({ database }: ApiParts, which: Which) {
  const found = await invoiceForPage(database, which);
  if (found === null)
    throw new Problem(
      'not-found',
      'This invoice was not seen yet: look it up by its number, or wait for its event.',
    );
  return found;
}

const ALL = 200;

async function detailsOf(parts: ApiParts, which: Which) {
  const about = { businessId: which.businessId, invoices: [which.invoiceId], limit: ALL };
  const { database } = parts;
  const [found, collections, postings, reviews] = await Promise.all([
    seenInvoice(parts, which),
    pageOfCollections(database, about),
    pageOfPostings(database, about),
    pageOfReviews(database, about),
  ]);
  return { ...found, collections: collections.items, postings: postings.items, reviews: reviews.items };
}

/** FreshBooks shows it, which is what notes it. @throws Problem */
async function lookedUp(parts: ApiParts, { id: businessId }: Business, asked: string) {
  const { books } = await parts.connections().of(businessId);
  const found = await invoiceByName(books, asked).catch((error: unknown) => {
    if (error instanceof ChoiceRefusedError) throw new Problem('refused', error.message);
    if (error instanceof ConnectorError) throw new Problem('unavailable', 'FreshBooks cannot be asked now.');
    throw error;
  });
  if (found === null)
    throw new Problem('not-found', `FreshBooks has no invoice with the number or id ${asked}.`);
  return { id: found.id, number: found.number };
}
