import { type Business, dateIn, lastDayOf, REPORT_FORMATS } from '@mlc/core';
import { ClosedOtherwiseError, closePeriod, closingNotices } from '@mlc/platform/month/close-period';
import { blockersOf, monthSummary } from '@mlc/platform/month/month-page';
import { printReport } from '@mlc/platform/month/report';
import { reopenPeriod } from '@mlc/platform/month/reopen-period';
import { listMonths } from '@mlc/platform/views/months';
import { type Caller, mayIn } from '../../door/caller.ts';
import { Problem } from '../../http/problem.ts';
import { listOf } from '../account-schemas.ts';
import { closing, monthDetails } from '../month-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { asFile, sinkTo } from '../send-text.ts';
import { month } from '../view-schemas.ts';
import { z } from '../zod.ts';
import { proofsOf } from './month-proofs.ts';
import { mutable } from './reviews.ts';

const params = z.object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });
const one = { within: 'business', params } as const;
/** Left out, the providers are asked. */
const asked = z.strictObject({ ...ofBusiness, proven: z.enum(['true', 'false']).default('true') });

const TYPES = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  hledger: 'text/plain; charset=utf-8',
};

export const monthRoutes = [
  route({
    id: 'listMonths',
    method: 'get',
    path: '/months',
    summary: 'Months of the books, newest first',
    role: 'viewer',
    within: 'business',
    query: z.strictObject(ofBusiness),
    status: 200,
    answer: listOf(month),
    run: async ({ parts, business }) => ({
      body: { items: mutable(await listMonths(parts.database, business.id)) },
    }),
  }),
  route({
    id: 'getMonth',
    method: 'get',
    path: '/months/{month}',
    summary: 'Whether a month adds up, what stands in the way of closing it; `proven=false` asks no provider',
    role: 'viewer',
    ...one,
    query: asked,
    status: 200,
    answer: monthDetails,
    run: async ({ parts, business, params: given, query }) => {
      const details = await detailsOf(parts, { business, ...given, isProven: query.proven === 'true' });
      return { body: mutable(details), sha256: details.sha256 };
    },
  }),
  route({
    id: 'getMonthReport',
    method: 'get',
    path: '/months/{month}/report',
    summary: 'The whole report, as it was when the month was closed, else as it is now',
    role: 'viewer',
    ...one,
    query: asked.extend({ format: z.enum(REPORT_FORMATS).default('json') }),
    status: 200,
    answer: null,
    contents: ['application/json', 'text/csv', 'text/plain'],
    run: async ({
      parts,
      business,
      params: given,
      query: { format, proven },
      request,
      response: { raw },
    }) => {
      const closed = await closedMonth(parts, business, given.month);
      const etag = closed === null ? null : `"${closed.sha256 ?? ''}-${format}"`;
      if (etag !== null) raw.set('ETag', etag);
      if (etag !== null && request.get('if-none-match') === etag) {
        raw.status(304).end();
        return { body: null };
      }
      const proofs =
        closed === null && proven === 'true' ? await proofsOf(parts, { business, ...given }) : [];
      const ending = format === 'hledger' ? 'journal' : format;
      asFile(raw, { name: `${business.slug}-${given.month}.${ending}`, type: TYPES[format] });
      await printReport(parts.database, { business, ...given, proofs }, format, sinkTo(raw));
      raw.end();
      return { body: null };
    },
  }),
  route({
    id: 'closeMonth',
    method: 'put',
    path: '/months/{month}/closing',
    summary: 'Close a month as its report was seen: If-Match is its SHA-256',
    role: 'finance',
    ...one,
    query: z.strictObject(ofBusiness),
    body: closing,
    needsMatch: 'sha256',
    status: 200,
    answer: monthDetails,
    run: async ({ parts, business, caller, params: given, body, sha256 }) => {
      const wish = { ...body, month: given.month, sha256: sha256 ?? '' };
      await close(parts, { business, caller, wish });
      const details = await detailsOf(parts, { business, ...given, isProven: false });
      return { body: mutable(details), sha256: details.sha256 };
    },
  }),
  route({
    id: 'reopenMonth',
    method: 'delete',
    path: '/months/{month}/closing',
    summary: 'Open a closed month again and forget the report kept of it',
    role: 'admin',
    ...one,
    query: z.strictObject({ ...ofBusiness, note: z.string().trim().min(1).max(2_000).describe('why') }),
    status: 200,
    answer: monthDetails,
    run: async ({ parts, business, caller, params: given, query: { note } }) => {
      await reopenPeriod(parts.database, parts.clock, { business, ...given, note, by: caller.actor });
      return { body: mutable(await detailsOf(parts, { business, ...given, isProven: false })) };
    },
  }),
];

async function closedMonth({ database }: ApiParts, { id }: Business, wanted: string) {
  const found = (await listMonths(database, id)).find((each) => each.month === wanted);
  return found?.state === 'closed' ? found : null;
}

interface Asked {
  readonly business: Business;
  readonly month: string;
  readonly isProven: boolean;
}

async function detailsOf(parts: ApiParts, { business, month: wanted, isProven }: Asked) {
  const closed = await closedMonth(parts, business, wanted);
  const which = { business, month: wanted };
  const proofs = isProven && closed === null ? await proofsOf(parts, which) : [];
  const summary = await monthSummary(parts.database, { ...which, proofs });
  const isOver = dateIn(business.timezone, parts.clock.now()) > lastDayOf(wanted);
  const { currencies, openReviews, completeness } = summary.report;
  return {
    month: wanted,
    state: closed === null ? ('open' as const) : ('closed' as const),
    closedBy: closed?.closedBy ?? null,
    closedAt: closed?.closedAt ?? null,
    sha256: summary.sha256,
    isOver,
    blockers: closed === null ? blockersOf(summary, isOver) : [],
    notices: closed === null ? await closingNotices(parts.database, parts.clock, which) : [],
    currencies,
    openReviews,
    completeness,
  };
}

interface Close {
  readonly business: Business;
  readonly caller: Caller;
  readonly wish: {
    readonly month: string;
    readonly sha256: string;
    readonly override: boolean;
    readonly note?: string | undefined;
  };
}

/** @throws Problem when it is not as it was seen, something stands in the way, or an override is no admin's */
async function close(parts: ApiParts, { business, caller, wish }: Close): Promise<void> {
  const { month: wanted, sha256, override, note } = wish;
  if (override && !mayIn(caller, business.id, 'admin'))
    throw new Problem('forbidden', 'Closing although something stands in the way needs the role admin.');
  if (override && note === undefined)
    throw new Problem('refused', 'Say why it is closed although something stands in the way.');
  const proofs = override ? [] : await proofsOf(parts, { business, month: wanted });
  const summary = await monthSummary(parts.database, { business, month: wanted, proofs });
  const isOver = dateIn(business.timezone, parts.clock.now()) > lastDayOf(wanted);
  const blockers = blockersOf(summary, isOver);
  if (!override && blockers.length > 0)
    throw new Problem('refused', `${wanted} cannot be closed: ${blockers.join('; ')}.`);
  const why = override ? { override: true, note, blockers } : note === undefined ? {} : { note };
  const question = { business, month: wanted, proofs, by: caller.actor, seenSha256: sha256, details: why };
  await closePeriod(parts.database, parts.clock, question).catch((error: unknown) => {
    if (!(error instanceof ClosedOtherwiseError)) throw error;
    throw new Problem('stale', 'The report has changed since you saw it.', {
      current: { sha256: error.sha256 },
    });
  });
}
