import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';
import { isPassing, problemIn } from './problem.ts';
import type {
  AuditEntry,
  CashFlow,
  Connection,
  DeadLetter,
  DeadLetterDetails,
  Invoice,
  InvoiceDetails,
  Overview,
  PageOf,
  Review,
  SearchHit,
  Status,
  TimelineEntry,
} from './types.ts';

/** Without word from the server a page looks again this often. */
const POLL_MS = 15_000;
const TRIES_MAX = 2;

/** Everything that was read from the API. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchInterval: POLL_MS,
      retry: (count, error) => {
        const problem = problemIn(error);
        return count < TRIES_MAX && problem !== null && isPassing(problem);
      },
    },
  },
});

interface Asked {
  readonly business: string;
  readonly limit?: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** What is under way and what waits for people. */
export const statusQuery = (business: string) =>
  queryOptions({
    queryKey: ['status', business],
    queryFn: () => read<Status>(api.GET('/status', { params: { query: { business } } })),
  });

export interface ReviewsAsked extends Asked {
  readonly state: 'open' | 'resolved';
  readonly kind?: Review['kind'][] | undefined;
}

export const reviewsQuery = (query: ReviewsAsked) =>
  queryOptions({
    queryKey: ['reviews', query.business, query],
    queryFn: () => read<PageOf<Review>>(api.GET('/reviews', { params: { query } })),
    placeholderData: keepPreviousData,
  });

export const reviewQuery = (reviewId: string) =>
  queryOptions({
    queryKey: ['reviews', 'one', reviewId],
    queryFn: () => read<Review>(api.GET('/reviews/{reviewId}', { params: { path: { reviewId } } })),
  });

export interface DeadLettersAsked extends Asked {
  readonly failureKind?: string[] | undefined;
}

export const deadLettersQuery = (query: DeadLettersAsked) =>
  queryOptions({
    queryKey: ['dead-letters', query.business, query],
    queryFn: () => read<PageOf<DeadLetter>>(api.GET('/dead-letters', { params: { query } })),
    placeholderData: keepPreviousData,
  });

export const deadLetterQuery = (deadLetterId: string) =>
  queryOptions({
    queryKey: ['dead-letters', 'one', deadLetterId],
    queryFn: () =>
      read<DeadLetterDetails>(
        api.GET('/dead-letters/{deadLetterId}', { params: { path: { deadLetterId } } }),
      ),
  });

export interface AuditAsked extends Asked {
  readonly action?: string[] | undefined;
  readonly actor?: string[] | undefined;
  readonly subject?: string | undefined;
  readonly correlationId?: string | undefined;
}

export const auditQuery = (query: AuditAsked) =>
  queryOptions({
    queryKey: ['audit', query.business, query],
    queryFn: () => read<PageOf<AuditEntry>>(api.GET('/audit', { params: { query } })),
    placeholderData: keepPreviousData,
  });

export const connectionsQuery = (business: string) =>
  queryOptions({
    queryKey: ['connections', business],
    queryFn: () =>
      read<{ items: Connection[] }>(api.GET('/connections', { params: { query: { business } } })),
  });

/** Whether the money is right. */
export const overviewQuery = (business: string) =>
  queryOptions({
    queryKey: ['overview', business],
    queryFn: () => read<Overview>(api.GET('/overview', { params: { query: { business } } })),
  });

export interface CashFlowAsked {
  readonly business: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const cashFlowQuery = (query: CashFlowAsked) =>
  queryOptions({
    queryKey: ['cash-flow', query.business, query],
    queryFn: () => read<CashFlow>(api.GET('/cash-flow', { params: { query } })),
    placeholderData: keepPreviousData,
  });

export interface InvoicesAsked extends Asked {
  readonly state?: Invoice['state'][] | undefined;
  readonly text?: string | undefined;
}

export const invoicesQuery = (query: InvoicesAsked) =>
  queryOptions({
    queryKey: ['invoices', query.business, query],
    queryFn: () => read<PageOf<Invoice>>(api.GET('/invoices', { params: { query } })),
    placeholderData: keepPreviousData,
  });

interface OneInvoice {
  readonly business: string;
  readonly invoiceId: string;
}

export const invoiceQuery = ({ business, invoiceId }: OneInvoice) =>
  queryOptions({
    queryKey: ['invoices', business, 'one', invoiceId],
    queryFn: () =>
      read<InvoiceDetails>(
        api.GET('/invoices/{invoiceId}', { params: { path: { invoiceId }, query: { business } } }),
      ),
  });

export const timelineQuery = ({ business, invoiceId }: OneInvoice) =>
  queryOptions({
    queryKey: ['invoices', business, 'timeline', invoiceId],
    queryFn: () =>
      read<{ items: TimelineEntry[] }>(
        api.GET('/invoices/{invoiceId}/timeline', { params: { path: { invoiceId }, query: { business } } }),
      ),
  });

/** Shorter texts find everything. */
const SEARCH_LENGTH_MIN = 3;

export const searchQuery = (business: string, q: string) =>
  queryOptions({
    queryKey: ['search', business, q],
    queryFn: () => read<{ items: SearchHit[] }>(api.GET('/search', { params: { query: { business, q } } })),
    placeholderData: keepPreviousData,
    refetchInterval: false,
    enabled: q.length >= SEARCH_LENGTH_MIN,
  });
