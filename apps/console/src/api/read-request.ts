import type { Request } from 'express';
import { z } from './zod.ts';
import { Problem, type ProblemError } from '../http/problem.ts';
import type { Route } from './route.ts';

type Read = Record<string, unknown>;

/** Checked path parameters. @throws Problem `not-found`: an id that cannot be one is nobody's. */
export function paramsOf({ params }: Route, request: Request): Read {
  if (params === undefined) return {};
  const read = params.safeParse(request.params);
  if (read.success) return read.data;
  throw new Problem('not-found', 'There is no such thing.');
}

/** Checked query parameters; those that may be repeated arrive as arrays, others must not be. @throws Problem */
export function queryOf({ query = z.strictObject({}) }: Route, request: Request): Read {
  const given = new URL(request.originalUrl, 'http://console').searchParams;
  const raw: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name);
    raw[name] = isList(query.shape[name]) || values.length > 1 ? values : values[0];
  }
  const read = query.safeParse(raw);
  if (read.success) return read.data;
  throw invalid(
    'The query cannot be read.',
    errorsOf(read.error, (path) => `?${path.map(String).join('/')}`),
  );
}

function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional) return isList(schema.unwrap());
  return schema instanceof z.ZodArray;
}

/** Checked body. @throws Problem */
export function bodyOf({ body }: Route, request: Request): unknown {
  if (body === undefined) return undefined;
  const read = body.safeParse(request.body ?? {});
  if (read.success) return read.data;
  throw invalid(
    'The body cannot be read.',
    errorsOf(read.error, (path) => `/${path.map(String).join('/')}`),
  );
}

function invalid(detail: string, errors: readonly ProblemError[]): Problem {
  return new Problem('invalid', detail, { errors });
}

function errorsOf(error: z.ZodError, pointerOf: (path: readonly PropertyKey[]) => string): ProblemError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), message: 'unknown' }));
    return [{ pointer: pointerOf(issue.path), message: issue.message }];
  });
}

/** What If-Match names. */
export interface Match {
  readonly revision: number | null;
  readonly sha256: string | null;
}

/** The revision or SHA-256 of If-Match; nulls without it. @throws Problem when the route needs one, or it is none. */
export function matchOf({ needsMatch = false }: Route, request: Request): Match {
  const given = request.get('if-match');
  if (given === undefined) {
    if (needsMatch === false) return { revision: null, sha256: null };
    throw new Problem('precondition-required', 'Send the ETag you saw as If-Match.');
  }
  const [, digits] = /^"r(\d{1,9})"$/.exec(given) ?? [];
  if (digits !== undefined && needsMatch !== 'sha256') return { revision: Number(digits), sha256: null };
  const [, sha256] = /^"([0-9a-f]{64})"$/.exec(given) ?? [];
  if (sha256 !== undefined && needsMatch === 'sha256') return { revision: null, sha256 };
  const message = needsMatch === 'sha256' ? 'must be the report’s SHA-256 in quotes' : 'must look like "r1"';
  throw invalid('If-Match is no ETag of ours.', [{ pointer: 'If-Match', message }]);
}
