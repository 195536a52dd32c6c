import type { components } from './schema.d.ts';

type Told = components['schemas']['Problem'];

/** Why a request failed: as the API says it, or `offline` when nothing answered. */
export interface ApiProblem extends Omit<Told, 'type' | 'code'> {
  readonly code: Told['code'] | 'offline';
}

/** A request that failed. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const OFFLINE: ApiProblem = {
  code: 'offline',
  status: 0,
  title: 'The console does not answer',
  detail: 'It is stopped, or the network between is down.',
  correlationId: '',
};

/** What is thrown when a request got no answer; what was thrown on purpose stays. */
export function failureOf(cause: unknown): unknown {
  // fetch says TypeError for everything that happens on the way.
  return cause instanceof TypeError ? new ProblemError(OFFLINE) : cause;
}

/** The problem in an error; null when it is another one. */
export function problemIn(error: unknown): ApiProblem | null {
  return error instanceof ProblemError ? error.problem : null;
}

/** Whether asking once more could help. */
export function isPassing({ status, code }: ApiProblem): boolean {
  return code === 'offline' || status >= 500;
}
