import type { Response } from 'express';

/** Every way a request can fail, by its stable code. The page /problems shows this table. */
export const PROBLEMS = {
  invalid: { status: 400, title: 'The request cannot be read', todo: 'Mend what `errors` points at.' },
  unauthorised: { status: 401, title: 'Nobody is signed in', todo: 'Sign in, or send a token that works.' },
  forbidden: {
    status: 403,
    title: 'Your role does not allow this',
    todo: 'Ask an admin for the role that is named.',
  },
  'csrf-token': {
    status: 403,
    title: 'The CSRF token is missing or old',
    todo: 'Take it anew from /api/v1/session.',
  },
  'other-site': {
    status: 403,
    title: 'The request comes from another site',
    todo: 'Use the console at its own address.',
  },
  'sign-in-again': {
    status: 403,
    title: 'This needs a fresh sign-in',
    todo: 'Sign in again: it may be 15 minutes old.',
  },
  'read-only': {
    status: 403,
    title: 'The board shows and retries only',
    todo: 'Use the console or the command line.',
  },
  'not-found': { status: 404, title: 'There is no such thing', todo: 'Look the id up again.' },
  'method-not-allowed': { status: 405, title: 'This cannot be done here', todo: 'See the OpenAPI document.' },
  conflict: { status: 409, title: 'It is in another state', todo: 'Read it again.' },
  'key-running': {
    status: 409,
    title: 'The first request of this key still runs',
    todo: 'Ask again in a moment.',
  },
  'already-done': {
    status: 409,
    title: 'Done before; its secret is shown once',
    todo: 'Revoke it and make another.',
  },
  stale: {
    status: 412,
    title: 'It has changed since you saw it',
    todo: 'Look at `current` and decide again.',
  },
  'too-large': { status: 413, title: 'The body is too large', todo: 'Send less.' },
  'media-type': { status: 415, title: 'The body is no JSON', todo: 'Send application/json.' },
  'wrong-host': { status: 421, title: 'The console has another address', todo: 'Use MLC_CONSOLE_URL.' },
  refused: { status: 422, title: 'This cannot be taken', todo: 'The detail says what is missing.' },
  'key-reused': {
    status: 422,
    title: 'The key belongs to another request',
    todo: 'Use a new Idempotency-Key.',
  },
  'precondition-required': { status: 428, title: 'If-Match is missing', todo: 'Send the ETag you saw.' },
  'too-many-requests': {
    status: 429,
    title: 'Too many failed tries',
    todo: 'Wait as long as Retry-After says.',
  },
  internal: { status: 500, title: 'A fault of ours', todo: 'Look for the correlation id in the log.' },
  unavailable: { status: 503, title: 'A store or provider does not answer', todo: 'Try again in a moment.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong with a request; `pointer` as in RFC 6901, or `?name` for a query parameter. */
export interface ProblemError {
  readonly pointer: string;
  readonly message: string;
}

interface Extra {
  readonly errors?: readonly ProblemError[];
  readonly retryAfterMs?: number;
  /** For `stale`: the thing as it is now. */
  readonly current?: unknown;
}

/** What ends a request with `application/problem+json` (RFC 9457). The detail is for people and repeats no secret. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly extra: Extra;

  constructor(code: ProblemCode, detail: string, extra: Extra = {}) {
    super(detail);
    this.code = code;
    this.extra = extra;
  }
}

const MS_PER_S = 1_000;

/** Answers with a problem. */
export function sendProblem(response: Response, problem: Problem, correlationId: string): void {
  const { status, title } = PROBLEMS[problem.code];
  const { errors, retryAfterMs, current } = problem.extra;
  if (retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(retryAfterMs / MS_PER_S)));
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `/problems#${problem.code}`,
        title,
        status,
        detail: problem.message,
        code: problem.code,
        correlationId,
        ...(errors === undefined ? {} : { errors }),
        ...(current === undefined ? {} : { current }),
      }),
    );
}
