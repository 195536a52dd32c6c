import { noteAccount, type Desk } from '@mlc/platform/accounts/desk';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import type { RequestHandler } from 'express';
import { callerOf } from '../api/pipeline.ts';
import { mayEverywhere, mayIn } from '../door/caller.ts';
import { isChange } from '../door/guards.ts';
import { Problem } from '../http/problem.ts';

/** What the board may change: it runs failed jobs again. */
const RETRY = /^\/api\/queues\/[\w-]+\/(?:retry\/[\w-]+|[\w:.-]+\/retry)$/;

/** Queues hold the jobs of all businesses: they are for operators of all of them. What they change is audited first. */
export function boardGuard(desk: Desk): RequestHandler {
  return async (request, response, next) => {
    const caller = callerOf(response);
    if (!mayEverywhere(caller, 'operator')) {
      const businesses = await listBusinesses(desk.database.prisma);
      if (businesses.length === 0 || !businesses.every(({ id }) => mayIn(caller, id, 'operator')))
        throw new Problem('forbidden', 'The queues need the role operator in every business.');
    }
    if (isChange(request)) {
      if (!RETRY.test(request.path))
        throw new Problem('read-only', 'Here failed jobs can be retried, nothing else.');
      const subject = { type: 'job', id: request.path.slice('/api/queues/'.length) } as const;
      await noteAccount(desk, { actor: caller.actor, action: 'job.retried', subject });
    }
    next();
  };
}
