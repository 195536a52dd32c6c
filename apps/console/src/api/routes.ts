import type { Route } from './route.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { moneyRoutes } from './routes/money.ts';
import { overviewRoutes } from './routes/overview.ts';
import { peopleRoutes } from './routes/people.ts';
import { queueRoutes } from './routes/queues.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { sessionRoutes } from './routes/session.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { viewRoutes } from './routes/views.ts';

/** Every operation of the API. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...viewRoutes,
  ...overviewRoutes,
  ...invoiceRoutes,
  ...moneyRoutes,
  ...reviewRoutes,
  ...deadLetterRoutes,
  ...queueRoutes,
  ...peopleRoutes,
  ...invitationRoutes,
  ...tokenRoutes,
];
