import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';
import { isPassing, problemIn } from './problem.ts';
import type {
  AuditEntry,
  Connection,
  DeadLetter,
  DeadLetterDetails,
  PageOf,
  Review,
  Status,
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
