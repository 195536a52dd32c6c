import {
  type DeadLetterDetails,
  replayDeadLetters,
  showDeadLetter,
} from '@mlc/platform/answers/dead-letters';
import { deadLetterGroups, idsOfGroup } from '@mlc/platform/views/dead-letter-groups';
import { pageOfDeadLetters } from '@mlc/platform/views/paged-lists';
import { z } from '../zod.ts';
import { mayIn } from '../../door/caller.ts';
import type { ApiParts } from '../parts.ts';
import { listOf } from '../account-schemas.ts';
import { momentsOf } from '../filters.ts';
import { route } from '../route.ts';
import {
  deadLetter,
  deadLetterDetails,
  deadLetterGroup,
  deadLettersQuery,
  id,
  ofBusiness,
  pageOf,
} from '../schemas.ts';
import { mutable } from './reviews.ts';

const one = {
  params: z.object({ deadLetterId: id }),
  within: 'thing',
  find: ({ database }: ApiParts, { deadLetterId }: { deadLetterId: string }) =>
    showDeadLetter(database, deadLetterId),
} as const;

const replayed = z.object({
  replayed: z.number().int().describe('events put back; 0: it was replayed before'),
});

export const deadLetterRoutes = [
  route({
    id: 'listDeadLetters',
    method: 'get',
    path: '/dead-letters',
    summary: 'What failed for good and was not replayed, newest first',
    role: 'viewer',
    within: 'business',
    query: deadLettersQuery,
    status: 200,
    answer: pageOf(deadLetter),
    run: async ({ parts, business, query }) => {
      const { flow, failureKind, group } = query;
      const filters = { flows: flow, failureKinds: failureKind, groups: group };
      const question = { ...query, ...momentsOf(business, query), ...filters, businessId: business.id };
      return { body: mutable(await pageOfDeadLetters(parts.database, question)) };
    },
  }),
  route({
    id: 'listDeadLetterGroups',
    method: 'get',
    path: '/dead-letters/groups',
    summary: 'The same by cause, the newest cause first',
    role: 'viewer',
    within: 'business',
    query: z.strictObject(ofBusiness),
    status: 200,
    answer: listOf(deadLetterGroup),
    run: async ({ parts, business }) => ({
      body: { items: mutable(await deadLetterGroups(parts.database, business.id)) },
    }),
  }),
  route({
    id: 'replayDeadLetters',
    method: 'post',
    path: '/dead-letters/replay',
    summary: 'Run the events of several dead letters again, of all of one cause, or of all that are left',
    role: 'operator',
    within: 'business',
    query: z.strictObject(ofBusiness),
    body: z.union([
      z.strictObject({ ids: z.union([z.literal('all'), z.array(id).min(1).max(200)]) }),
      z.strictObject({ group: z.string().regex(/^[0-9a-f]{32}$/, 'is no group') }),
    ]),
    status: 200,
    answer: replayed,
    run: async ({ parts, business, caller, body }) => {
      const businessId = business.id;
      const ids =
        'ids' in body ? body.ids : await idsOfGroup(parts.database, { businessId, group: body.group });
      const replay = { ids, businessId, actor: caller.actor };
      return { body: { replayed: await replayDeadLetters(parts.database, parts.clock, replay) } };
    },
  }),
  route({
    id: 'getDeadLetter',
    method: 'get',
    path: '/dead-letters/{deadLetterId}',
    summary: 'One dead letter; the call that failed is for operators',
    role: 'viewer',
    ...one,
    status: 200,
    answer: deadLetterDetails,
    run: ({ found, caller }) =>
      Promise.resolve({ body: shown(found, mayIn(caller, found.businessId, 'operator')) }),
  }),
  route({
    id: 'replayDeadLetter',
    method: 'post',
    path: '/dead-letters/{deadLetterId}/replay',
    summary: 'Run its event again, with the same keys',
    role: 'operator',
    ...one,
    status: 200,
    answer: replayed,
    run: async ({ parts, found, caller }) => {
      const replay = { ids: [found.id], businessId: found.businessId, actor: caller.actor };
      return { body: { replayed: await replayDeadLetters(parts.database, parts.clock, replay) } };
    },
  }),
];

function shown(letter: DeadLetterDetails, withCall: boolean) {
  const { id: letterId, flow, eventId, failureKind, error, attempts, event } = letter;
  return {
    id: letterId,
    flow,
    eventId,
    failureKind,
    error,
    attempts,
    diedAt: letter.diedAt.toISOString(),
    replayedAt: letter.replayedAt?.toISOString() ?? null,
    call: withCall ? letter.details : null,
    event: event === null ? null : { ...event, receivedAt: event.receivedAt.toISOString() },
  };
}
