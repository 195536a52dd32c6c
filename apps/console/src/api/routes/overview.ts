import { addDays, dateIn } from '@mlc/core';
import { cashFlow as cashFlowOf, daysOfWindow } from '@mlc/platform/views/cash-flow';
import { overviewOf } from '@mlc/platform/views/overview';
import { search } from '@mlc/platform/views/search';
import { Problem } from '../../http/problem.ts';
import { listOf } from '../account-schemas.ts';
import { cashFlow, overview, searchHit } from '../overview-schemas.ts';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

const read = { method: 'get', role: 'viewer', within: 'business', status: 200 } as const;

const DAYS_BACK = 30;
const DAYS_AHEAD = 30;
const DAYS_MAX = 400;

export const overviewRoutes = [
  route({
    id: 'getOverview',
    ...read,
    path: '/overview',
    summary: 'Whether the money is right, by currency, and what waits',
    query: z.strictObject(ofBusiness),
    answer: overview,
    run: async ({ parts, business }) => {
      const { pollIntervalMs } = parts.config;
      const question = { business, now: parts.clock.now(), pollIntervalMs };
      return { body: mutable(await overviewOf(parts.database, question)) };
    },
  }),
  route({
    id: 'getCashFlow',
    ...read,
    path: '/cash-flow',
    summary: 'What comes when, and whether it did',
    query: z.strictObject({
      ...ofBusiness,
      from: z.iso.date().optional(),
      to: z.iso.date().optional().describe('the last day, included'),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional(),
    }),
    answer: cashFlow,
    run: async ({ parts, business, query }) => {
      const today = dateIn(business.timezone, parts.clock.now());
      const { from = addDays(today, -DAYS_BACK), to = addDays(today, DAYS_AHEAD), currency } = query;
      const window = { from, to, today };
      if (from > to || daysOfWindow(window) > DAYS_MAX) {
        const errors = [
          { pointer: '?to', message: `not before from, and within ${String(DAYS_MAX)} days of it` },
        ];
        throw new Problem('invalid', 'These are no days to look at.', { errors });
      }
      const found = await cashFlowOf(parts.database, { businessId: business.id, currency, window });
      return { body: mutable({ ...window, ...found }) };
    },
  }),
  route({
    id: 'search',
    ...read,
    path: '/search',
    summary: 'Invoices by part of number, client or payment; everything else by its whole id; 20 at most',
    query: z.strictObject({ ...ofBusiness, q: z.string().trim().min(1).max(100) }),
    answer: listOf(searchHit),
    run: async ({ parts, business, query }) => ({
      body: { items: mutable(await search(parts.database, { businessId: business.id, text: query.q })) },
    }),
  }),
];
