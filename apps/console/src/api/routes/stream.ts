import { streamChanges } from '../../stream/event-stream.ts';
import { CHANGE_KINDS } from '../../stream/changes-of.ts';
import { isSessionThere } from '@mlc/platform/accounts/sessions';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { z } from '../zod.ts';

export const streamRoutes = [
  route({
    id: 'streamChanges',
    method: 'get',
    path: '/stream',
    summary: `Server-sent events: what to read again (${CHANGE_KINDS.join(', ')}, status, reset, signed-out), as {"business", "ids"}`,
    role: 'viewer',
    within: 'business',
    query: z.strictObject(ofBusiness),
    status: 200,
    answer: null,
    contents: ['text/event-stream'],
    run: async ({ parts, business, caller, response: { raw }, request }) => {
      const { session } = caller;
      const isStillIn = () =>
        session === null ? Promise.resolve(true) : isSessionThere(parts.desk, session.id);
      const now = () => parts.desk.clock.now();
      await streamChanges({ business, feed: parts.feed, request, response: raw, now, isStillIn });
      return { body: null };
    },
  }),
];
