import createClient, { type Middleware } from 'openapi-fetch';
import { type ApiProblem, failureOf, ProblemError } from './problem.ts';
import type { paths } from './schema.d.ts';

const BASE = '/api/v1';

/** The token of this session, which changes carry (docs/console.md). */
let csrfToken = '';

/** Tells the client the token of the session. */
export function useToken(token: string | null): void {
  csrfToken = token ?? '';
}

const signedOutListeners = new Set<() => void>();

/** Calls back whenever an answer says that nobody is signed in any more. Returns how to stop. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Says that the session has ended. */
export function tellSignedOut(): void {
  for (const listener of signedOutListeners) listener();
}

const SAFE = new Set(['GET', 'HEAD']);

const session: Middleware = {
  onRequest({ request }) {
    if (SAFE.has(request.method)) return;
    request.headers.set('X-CSRF-Token', csrfToken);
    if (request.method === 'POST') request.headers.set('Idempotency-Key', crypto.randomUUID());
  },
  onResponse({ response }) {
    if (response.status === 401) tellSignedOut();
  },
};

/** The API, typed from its OpenAPI document. */
export const api = createClient<paths>({
  baseUrl: BASE,
  headers: { Accept: 'application/json' },
  // A repeated parameter is an alternative.
  querySerializer: { array: { style: 'form', explode: true } },
});
api.use(session);

interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. @throws ProblemError */
export async function read<T>(answer: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    throw failureOf(cause);
  });
  if (response.ok) return data as T;
  throw new ProblemError(problemOf(error, response));
}

function problemOf(error: unknown, response: Response): ApiProblem {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as ApiProblem;
  const correlationId = response.headers.get('X-Correlation-Id') ?? '';
  return {
    code: 'internal',
    status: response.status,
    title: 'The console did not answer as it should',
    detail: `It answered with status ${String(response.status)}.`,
    correlationId,
  };
}
