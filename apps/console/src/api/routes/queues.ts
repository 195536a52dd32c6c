import { FLOW_NAMES, type FlowName } from '@mlc/core';
import { noteAccount } from '@mlc/platform/accounts/desk';
import { queueHolders } from '@mlc/platform/views/queue-holders';
import type { Caller } from '../../door/caller.ts';
import { Problem } from '../../http/problem.ts';
import { listOf } from '../account-schemas.ts';
import type { ApiParts } from '../parts.ts';
import { route } from '../route.ts';
import { flow } from '../schemas.ts';
import { queue } from '../view-schemas.ts';
import { z } from '../zod.ts';

/** Queues hold the jobs of all businesses. */
const ofAll = {
  role: 'operator',
  within: 'everywhere',
  path: '/queues/{flow}/pause',
  params: z.object({ flow }),
  status: 200,
  answer: queue,
} as const;

export const queueRoutes = [
  route({
    id: 'listQueues',
    method: 'get',
    path: '/queues',
    summary: 'How full each flow’s queue is, and who holds it; of all businesses',
    role: 'operator',
    within: 'deployment',
    status: 200,
    answer: listOf(queue),
    run: async ({ parts }) => ({ body: { items: await queuesOf(parts) } }),
  }),
  route({
    id: 'pauseQueue',
    method: 'put',
    summary: 'Nothing of this flow begins any more, of no business; what runs ends',
    ...ofAll,
    run: ({ parts, caller, params }) => held(parts, caller, { flow: params.flow, isHeld: true }),
  }),
  route({
    id: 'resumeQueue',
    method: 'delete',
    summary: 'Let it go on',
    ...ofAll,
    run: ({ parts, caller, params }) => held(parts, caller, { flow: params.flow, isHeld: false }),
  }),
];

async function queuesOf({ queues, database }: ApiParts) {
  const asked = Promise.all([queues.counts(), queues.holds()]).catch((): never => {
    throw new Problem('unavailable', 'The queue cannot be reached.');
  });
  const [[counts, holds], holders] = await Promise.all([asked, queueHolders(database)]);
  return FLOW_NAMES.map((name) => {
    const { isPaused, oldestAt } = holds[name];
    const unknown = { by: 'unknown', at: new Date(0).toISOString() };
    return {
      flow: name,
      ...counts[name],
      oldestAt: oldestAt?.toISOString() ?? null,
      paused: isPaused ? (holders.get(name) ?? unknown) : null,
    };
  });
}

/** Audited first: a pause that nobody is named for would be a riddle. */
async function held(parts: ApiParts, caller: Caller, wish: { flow: FlowName; isHeld: boolean }) {
  const before = (await queuesOf(parts)).find((each) => each.flow === wish.flow);
  if ((before?.paused !== null) !== wish.isHeld) {
    const action = wish.isHeld ? 'queue.paused' : 'queue.resumed';
    await noteAccount(parts.desk, { actor: caller.actor, action, subject: { type: 'queue', id: wish.flow } });
    await parts.queues.hold(wish.flow, wish.isHeld);
  }
  const after = (await queuesOf(parts)).find((each) => each.flow === wish.flow);
  if (after === undefined) throw new Problem('not-found', 'There is no such queue.');
  return { body: after };
}
