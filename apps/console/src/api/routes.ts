import type { Route } from './route.ts';
import { auditRoutes } from './routes/audit.ts';
import { connectionRoutes } from './routes/connections.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { moneyRoutes } from './routes/money.ts';
import { monthRoutes } from './routes/months.ts';
import { overviewRoutes } from './routes/overview.ts';
import { peopleRoutes } from './routes/people.ts';
import { policyRoutes } from './routes/policy.ts';
import { previewRoutes } from './routes/preview.ts';
import { queueRoutes } from './routes/queues.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { sandboxRoutes } from './routes/sandbox.ts';
import { sessionRoutes } from './routes/session.ts';
import { streamRoutes } from './routes/stream.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { viewRoutes } from './routes/views.ts';

/** Every operation of the API. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...viewRoutes,
  ...overviewRoutes,
  ...invoiceRoutes,
  ...moneyRoutes,
  ...reviewRoutes,
  ...monthRoutes,
  ...auditRoutes,
  ...streamRoutes,
  ...connectionRoutes,
  ...previewRoutes,
  ...webhookRoutes,
  ...sandboxRoutes,
  ...policyRoutes,
  ...deadLetterRoutes,
  ...queueRoutes,
  ...peopleRoutes,
  ...invitationRoutes,
  ...tokenRoutes,
];
