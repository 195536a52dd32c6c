import { WishRefusedError } from '@mlc/platform/answers/person-says';
import { CursorError } from '@mlc/platform/views/page';
import type { ErrorRequestHandler, Request } from 'express';
import { messagePage } from '../pages/door-pages.ts';
import { Problem, PROBLEMS, sendProblem } from './problem.ts';

/** Whether who asks is a program. */
export function isProgram(request: Request): boolean {
  return request.path.startsWith('/api') || request.accepts(['html', 'json']) !== 'html';
}

/** Ends every request that failed; what is nobody's fault but ours goes to the log. */
export function failures(onError: (error: unknown, correlationId: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const correlationId = String(response.locals['correlationId'] ?? '');
    const problem = problemOf(error);
    if (PROBLEMS[problem.code].status >= 500) onError(error, correlationId);
    if (response.headersSent) next(error);
    else if (isProgram(request)) sendProblem(response, problem, correlationId);
    else {
      const { status, title, todo } = PROBLEMS[problem.code];
      const signIn = status === 401;
      response
        .status(status)
        .type('html')
        .send(messagePage({ title, text: problem.message, todo, signIn }));
    }
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CursorError) {
    const errors = [{ pointer: '?after', message: error.message }];
    return new Problem('invalid', 'The cursor cannot be used.', { errors });
  }
  if (error instanceof WishRefusedError) return new Problem('refused', error.message);
  const { status, code } = error as { status?: unknown; code?: unknown };
  // What Express and its body parsers say.
  if (status === 413) return new Problem('too-large', 'The body is too large.');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem('invalid', 'The request cannot be read.');
  if (typeof code === 'string' && /^(ECONNREFUSED|57P0\d|08\d{3})$/.test(code))
    return new Problem('unavailable', 'Postgres does not answer.');
  return new Problem('internal', 'Something went wrong on our side.');
}
