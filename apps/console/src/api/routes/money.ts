import { LockBusyError } from '@mlc/core';
import { ReversalRefusedError } from '@mlc/flows';
import { pageOfCollections, pageOfPostings } from '@mlc/platform/views/paged-money';
import { pageOfPayouts, payoutItems } from '@mlc/platform/views/payouts';
import { reversePosting } from '@mlc/worker';
import { Problem } from '../../http/problem.ts';
import { listOf } from '../account-schemas.ts';
import { daysOf, momentsOf } from '../filters.ts';
import {
  collection,
  collectionsQuery,
  payout,
  payoutItem,
  payoutsQuery,
  posting,
  postingsQuery,
  wish,
} from '../money-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { id, ofBusiness, page, pageOf } from '../schemas.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

const list = { method: 'get', role: 'viewer', within: 'business', status: 200 } as const;

export const moneyRoutes = [
  route({
    id: 'listCollections',
    ...list,
    path: '/collections',
    summary: 'Debits, newest first',
    query: collectionsQuery,
    answer: pageOf(collection),
    run: async ({ parts, business, query }) => {
      const { state, client, invoice, currency } = query;
      const filters = { states: state, clients: client, invoices: invoice, currencies: currency };
      const question = { ...query, ...momentsOf(business, query), ...filters, businessId: business.id };
      return { body: mutable(await pageOfCollections(parts.database, question)) };
    },
  }),
  route({
    id: 'listPostings',
    ...list,
    path: '/postings',
    summary: 'Entries in the books, the last intended first; from and to are dates in the books',
    query: postingsQuery,
    answer: pageOf(posting),
    run: async ({ parts, business, query }) => {
      const { kind, state, provider, invoice } = query;
      const filters = { kinds: kind, states: state, providers: provider, invoices: invoice };
      const question = { ...query, ...daysOf(query), ...filters, businessId: business.id };
      return { body: mutable(await pageOfPostings(parts.database, question)) };
    },
  }),
  route({
    id: 'reversePosting',
    method: 'post',
    path: '/postings/{key}/reversal',
    summary: 'Take a payment of ours out of FreshBooks again; the money itself stays where it is',
    role: 'finance',
    within: 'business',
    params: z.object({ key: z.string().regex(/^[\w:.-]{1,200}$/) }),
    query: z.strictObject(ofBusiness),
    body: wish,
    status: 200,
    answer: posting,
    run: async ({ parts, business, caller, params: { key }, body: { note } }) => {
      await entryOf(parts, business.id, key);
      const { key: reversal } = await reversePosting(parts, business.id, {
        key,
        note,
        by: caller.actor,
      }).catch(asProblem);
      return { body: await entryOf(parts, business.id, reversal) };
    },
  }),
  route({
    id: 'listPayouts',
    ...list,
    path: '/payouts',
    summary: 'GoCardless’ transfers to the bank, newest first; from and to are days of arrival',
    query: payoutsQuery,
    answer: pageOf(payout),
    run: async ({ parts, business, query }) => {
      const { state, currency, id: ids } = query;
      const filters = { states: state, currencies: currency, ids };
      const question = { ...query, ...daysOf(query), ...filters, businessId: business.id };
      return { body: mutable(await pageOfPayouts(parts.database, question)) };
    },
  }),
  route({
    id: 'listPayoutItems',
    ...list,
    path: '/payouts/{payoutId}/items',
    summary: 'What a payout is made of, in its order',
    params: z.object({ payoutId: id }),
    query: z.strictObject({
      ...ofBusiness,
      limit: page.limit,
      fromPosition: z.coerce
        .number()
        .int()
        .min(0)
        .default(0)
        .describe('goes on behind the last position + 1'),
    }),
    answer: listOf(payoutItem),
    run: async ({ parts, business, params: { payoutId }, query: { limit, fromPosition } }) => {
      const known = await pageOfPayouts(parts.database, {
        businessId: business.id,
        ids: [payoutId],
        limit: 1,
      });
      if (known.items.length === 0) throw new Problem('not-found', 'There is no such payout.');
      const question = { businessId: business.id, payoutId, from: fromPosition, limit };
      return { body: { items: mutable(await payoutItems(parts.database, question)) } };
    },
  }),
];

/** @throws Problem */
async function entryOf({ database }: ApiParts, businessId: string, key: string) {
  const [found] = (await pageOfPostings(database, { businessId, keys: [key], limit: 1 })).items;
  if (found === undefined) throw new Problem('not-found', 'There is no such entry.');
  return mutable(found);
}

function asProblem(error: unknown): never {
  if (error instanceof ReversalRefusedError) throw new Problem('refused', error.message);
  if (error instanceof LockBusyError)
    throw new Problem('conflict', 'It is still being worked on at this moment: try again.');
  throw error;
}
