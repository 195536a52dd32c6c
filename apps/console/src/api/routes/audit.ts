import { SYSTEM_CHAIN } from '@mlc/core';
import { appendAudit } from '@mlc/platform/audit/append';
import { foldReceipts } from '@mlc/platform/audit/fold';
import { beginVerification, lastVerification } from '@mlc/platform/audit/verification';
import { type AuditView, listAudit } from '@mlc/platform/views/audit';
import { auditItem, pageOfAudit } from '@mlc/platform/views/paged-lists';
import { Problem } from '../../http/problem.ts';
import { momentsOf } from '../filters.ts';
import { verification } from '../month-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { auditEntry, auditFilters, ofBusiness, pageOf } from '../schemas.ts';
import { asFile, sinkTo } from '../send-text.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

const inBusiness = { within: 'business', query: z.strictObject(ofBusiness) } as const;

interface AuditAsked extends z.output<z.ZodObject<typeof auditFilters>> {
  readonly business?: string | undefined;
}

function auditQuestion(chain: { id: string; timezone: string }, query: AuditAsked) {
  const { action, actor, subject, subjectType, correlationId, limit, after, before, count } = query;
  return {
    ...momentsOf(chain, query),
    businessId: chain.id,
    ...{ limit, after, before, count, correlationId, subjectType },
    actions: action,
    actors: actor,
    subjectId: subject,
  };
}

export const auditRoutes = [
  route({
    id: 'listAudit',
    method: 'get',
    path: '/audit',
    summary: 'Who did what in a business, newest first',
    role: 'viewer',
    within: 'business',
    query: z.strictObject({ ...ofBusiness, ...auditFilters }),
    status: 200,
    answer: pageOf(auditEntry),
    run: async ({ parts, business, query }) => ({
      body: mutable(await pageOfAudit(parts.database, auditQuestion(business, query))),
    }),
  }),
  route({
    id: 'listDeploymentAudit',
    method: 'get',
    path: '/audit/deployment',
    summary: 'Sign-ins, people and tokens, newest first',
    role: 'admin',
    within: 'everywhere',
    query: z.strictObject(auditFilters),
    status: 200,
    answer: pageOf(auditEntry),
    run: async ({ parts, query }) => ({
      body: mutable(
        await pageOfAudit(parts.database, auditQuestion({ id: SYSTEM_CHAIN, timezone: 'UTC' }, query)),
      ),
    }),
  }),
  route({
    id: 'exportAudit',
    method: 'get',
    path: '/audit/export',
    summary: 'The whole log of a business, an entry a line (JSON), oldest first; that it was taken is in it',
    role: 'finance',
    ...inBusiness,
    status: 200,
    answer: null,
    contents: ['application/x-ndjson'],
    run: async ({ parts, business, caller, response: { raw } }) => {
      await noteExport(parts, business.id, caller.actor);
      asFile(raw, { name: `${business.slug}-audit.ndjson`, type: 'application/x-ndjson' });
      const sink = sinkTo(raw);
      for await (const entry of listAudit(parts.database, { businessId: business.id }))
        await sink(lineOf(entry));
      raw.end();
      return { body: null };
    },
  }),
  route({
    id: 'getAuditVerification',
    method: 'get',
    path: '/audit/verification',
    summary: 'How the last verification of the log went, or goes',
    role: 'viewer',
    ...inBusiness,
    status: 200,
    answer: verification,
    run: async ({ parts, business }) => ({ body: await verificationOf(parts, business.id) }),
  }),
  route({
    id: 'verifyAudit',
    method: 'post',
    path: '/audit/verification',
    summary: 'Recompute the chain of the log from its first entry; ask for the result',
    role: 'viewer',
    ...inBusiness,
    status: 202,
    answer: verification,
    run: async ({ parts, business, caller }) => {
      await beginVerification(parts, { businessId: business.id, by: caller.actor });
      return { body: await verificationOf(parts, business.id) };
    },
  }),
  route({
    id: 'getAuditEntry',
    method: 'get',
    path: '/audit/{seq}',
    summary: 'One entry of the log',
    role: 'viewer',
    ...inBusiness,
    params: z.object({ seq: z.string().regex(/^\d{1,15}$/) }),
    status: 200,
    answer: auditEntry.extend({ prevHash: z.string() }),
    run: async ({ parts, business, params }) => {
      const found = await auditItem(parts.database, { businessId: business.id, seq: Number(params.seq) });
      if (found === null) throw new Problem('not-found', 'There is no such entry.');
      return { body: mutable(found) };
    },
  }),
];

async function verificationOf(parts: ApiParts, businessId: string) {
  const never = {
    state: 'never' as const,
    by: null,
    startedAt: null,
    endedAt: null,
    entries: null,
    brokenAt: null,
  };
  return mutable((await lastVerification(parts, businessId)) ?? never);
}

async function noteExport({ database, clock }: ApiParts, businessId: string, actor: string): Promise<void> {
  await foldReceipts(database, businessId, clock);
  const subject = { provider: 'mlc', type: 'audit', id: businessId };
  const entry = { actor, action: 'export.taken', subject, correlationId: null, details: {} };
  await database.transaction((tx) => appendAudit(tx, businessId, clock, entry));
}

function lineOf(entry: AuditView): string {
  return `${JSON.stringify(entry)}\n`;
}
