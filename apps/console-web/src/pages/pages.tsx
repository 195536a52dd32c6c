import { type ComponentType, lazy } from 'react';
import { PAGES } from '../routes.ts';
import type { PageProps } from './page-props.ts';

interface PageRoute {
  readonly path: string;
  readonly page: ComponentType<PageProps>;
}

const Overview = lazy(async () => ({ default: (await import('./overview/overview-page.tsx')).OverviewPage }));
const CashFlow = lazy(async () => ({
  default: (await import('./cash-flow/cash-flow-page.tsx')).CashFlowPage,
}));
const Invoices = lazy(async () => ({ default: (await import('./invoices/invoices-page.tsx')).InvoicesPage }));
const Invoice = lazy(async () => ({ default: (await import('./invoices/invoice-page.tsx')).InvoicePage }));
const Reviews = lazy(async () => ({ default: (await import('./reviews/reviews-page.tsx')).ReviewsPage }));
const DeadLetters = lazy(async () => ({
  default: (await import('./dead-letters/dead-letters-page.tsx')).DeadLettersPage,
}));
const DeadLetter = lazy(async () => ({
  default: (await import('./dead-letters/dead-letter-page.tsx')).DeadLetterPage,
}));
const Audit = lazy(async () => ({ default: (await import('./audit/audit-page.tsx')).AuditPage }));
const Connections = lazy(async () => ({
  default: (await import('./connections/connections-page.tsx')).ConnectionsPage,
}));
const Queues = lazy(async () => ({ default: (await import('./queues/queues-page.tsx')).QueuesPage }));
const Settings = lazy(async () => ({ default: (await import('./settings/settings-page.tsx')).SettingsPage }));

/** Every page, fetched when somebody goes there. */
export const ROUTES: readonly PageRoute[] = [
  { path: PAGES.overview.path, page: Overview },
  { path: PAGES.cash.path, page: CashFlow },
  { path: PAGES.invoices.path, page: Invoices },
  { path: `${PAGES.invoices.path}/:id`, page: Invoice },
  { path: `${PAGES.reviews.path}/:id?`, page: Reviews },
  { path: PAGES.deadLetters.path, page: DeadLetters },
  { path: `${PAGES.deadLetters.path}/:id`, page: DeadLetter },
  { path: PAGES.audit.path, page: Audit },
  { path: PAGES.connections.path, page: Connections },
  { path: PAGES.queues.path, page: Queues },
  { path: `${PAGES.settings.path}/:id?`, page: Settings },
];
