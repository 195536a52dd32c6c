import { statusOf } from '@mlc/platform/queue/status';
import { eventDetails } from '@mlc/platform/views/event-details';
import { pageOfEvents } from '@mlc/platform/views/paged-lists';
import { z } from '../zod.ts';
import { mayIn } from '../../door/caller.ts';
import type { ApiParts } from '../parts.ts';
import { momentsOf } from '../filters.ts';
import { route } from '../route.ts';
import { event, eventDetails as eventDetailsSchema, eventsQuery, ofBusiness, pageOf } from '../schemas.ts';
import { status } from '../view-schemas.ts';
import { mutable } from './reviews.ts';

const inBusiness = { within: 'business', query: z.strictObject(ofBusiness), status: 200 } as const;

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
];
