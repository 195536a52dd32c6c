import { SYSTEM_CHAIN } from '@mlc/core';
import { statusOf } from '@mlc/platform/queue/status';
import { connectionHealth } from '@mlc/platform/views/connections';
import { eventDetails } from '@mlc/platform/views/event-details';
import { listMonths } from '@mlc/platform/views/months';
import { pageOfAudit, pageOfEvents } from '@mlc/platform/views/paged-lists';
import { pingBusiness } from '@mlc/worker';
import { z } from '../zod.ts';
import { Problem } from '../../http/problem.ts';
import { mayIn } from '../../door/caller.ts';
import { listOf } from '../account-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { momentsOf } from '../filters.ts';
import { route } from '../route.ts';
import {
  auditEntry,
  auditFilters,
  event,
  eventDetails as eventDetailsSchema,
  eventsQuery,
  ofBusiness,
  pageOf,
} from '../schemas.ts';
import { connection, month, ping, status } from '../view-schemas.ts';
import { mutable } from './reviews.ts';

const inBusiness = { within: 'business', query: z.strictObject(ofBusiness), status: 200 } as const;

interface AuditAsked extends z.output<z.ZodObject<typeof auditFilters>> {
  readonly business?: string | undefined;
}

function auditQuestion(chain: { id: string; timezone: string }, query: AuditAsked) {
  const { action, actor, subject, subjectType, correlationId, limit, after, before, count } = query;
  return {
    ...momentsOf(chain, query),
    businessId: chain.id,
    limit,
    after,
    before,
    count,
    correlationId,
    actions: action,
    actors: actor,
    subjectId: subject,
    subjectType,
  };
}

export const viewRoutes = [
  route({
    id: 'getStatus',
    method: 'get',
    path: '/status',
    summary: 'What is under way and what waits for people',
    role: 'viewer',
    ...inBusiness,
    answer: status,
    run: async ({ parts, business }) => {
      const {
        modes,
        lists: _lists,
        ...rest
      } = await statusOf(parts.database, parts.queues, {
        businessId: business.id,
      });
      return { body: { ...rest, mode: modes[business.slug] ?? business.policy.mode } };
    },
  }),
  route({
    id: 'listEvents',
    method: 'get',
    path: '/events',
    summary: 'What providers told, newest first',
    role: 'viewer',
    within: 'business',
    query: eventsQuery,
    status: 200,
    answer: pageOf(event),
    run: async ({ parts, business, query }) => {
      const { state, provider, flow, type, resource, externalEventId } = query;
      const question = {
        ...query,
        ...momentsOf(business, query),
        states: state,
        providers: provider,
        flows: flow,
        types: type,
        resources: resource,
        externalEventIds: externalEventId,
        businessId: business.id,
      };
      return { body: mutable(await pageOfEvents(parts.database, question)) };
    },
  }),
  route({
    id: 'getEvent',
    method: 'get',
    path: '/events/{eventId}',
    summary: 'One event; what was received is for operators',
    role: 'viewer',
    within: 'thing',
    params: z.object({ eventId: z.string().regex(/^\d{1,18}$/) }),
    find: ({ database }: ApiParts, { eventId }: { eventId: string }) => eventDetails(database, eventId),
    status: 200,
    answer: eventDetailsSchema,
    run: ({ caller, found: { businessId, event: found } }) => {
      const payload = mayIn(caller, businessId, 'operator') ? found.payload : null;
      return Promise.resolve({ body: { ...found, payload } });
    },
  }),
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
    id: 'listConnections',
    method: 'get',
    path: '/connections',
    summary: 'Whether each provider is connected and tells us everything',
    role: 'viewer',
    ...inBusiness,
    answer: listOf(connection),
    run: async ({ parts, business }) => ({
      body: { items: mutable(await connectionHealth(parts.database, business.id)) },
    }),
  }),
  route({
    id: 'pingConnection',
    method: 'post',
    path: '/connections/{provider}/ping',
    summary: 'One harmless live call',
    role: 'operator',
    ...inBusiness,
    params: z.object({ provider: z.enum(['freshbooks', 'gocardless', 'paypal']) }),
    answer: ping,
    run: async ({ parts, business, params: { provider } }) => {
      const lines = await pingBusiness(parts.connections(), business.id, provider);
      const [line] = lines;
      if (line === undefined) throw new Problem('not-found', `${provider} is not connected.`);
      return { body: mutable(line) };
    },
  }),
  route({
    id: 'listMonths',
    method: 'get',
    path: '/months',
    summary: 'Months of the books, newest first',
    role: 'viewer',
    ...inBusiness,
    answer: listOf(month),
    run: async ({ parts, business }) => ({
      body: { items: mutable(await listMonths(parts.database, business.id)) },
    }),
  }),
];
