import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Caller } from '../door/caller.ts';
import { isFresh } from '../door/caller.ts';
import { clearCookie } from '../door/cookie.ts';
import type { Door } from '../door/door.ts';
import { isChange, requireCsrf } from '../door/guards.ts';
import { Problem } from '../http/problem.ts';
import { grant } from './grant.ts';
import { once } from './once.ts';
import type { ApiParts } from './parts.ts';
import type { Reply, Route } from './route.ts';
import { bodyOf, matchOf, paramsOf, queryOf } from './read-request.ts';

const BODY_MAX = '256kb';

/** What every route of the API goes through. */
export interface Api {
  readonly parts: ApiParts;
  readonly door: Door;
}

/** The caller, as the guard before the API found it. */
export function callerOf(response: Response): Caller {
  return (response.locals as { caller: Caller }).caller;
}

/** A router with all of these routes; another method on their paths is 405. */
export function apiRouter(api: Api, routes: readonly Route[]): Router {
  const router = Router();
  const read = express.json({ limit: BODY_MAX, strict: false });
  for (const each of routes) {
    const path = each.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[each.method](path, jsonOnly, read, handlerOf(api, each));
  }
  for (const path of new Set(routes.map((each) => each.path.replaceAll(/\{(\w+)\}/g, ':$1'))))
    router.all(path, () => {
      throw new Problem('method-not-allowed', 'This path has no such method.');
    });
  return router;
}

/** Forms of other sites can send three media types without asking; ours is none of them. */
const jsonOnly: RequestHandler = (request, _response, next) => {
  const hasBody =
    Number(request.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in request.headers;
  if (isChange(request) && hasBody && request.is('application/json') === false)
    throw new Problem('media-type', 'The body must be application/json.');
  next();
};

function handlerOf(api: Api, route: Route): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    if (isChange(request)) requireCsrf(caller, request.get('x-csrf-token'));
    if (route.isSensitive === true && !isFresh(caller, api.parts.desk.clock.now()))
      throw new Problem('sign-in-again', 'This may be done for 15 minutes after signing in: sign in again.');
    const params = paramsOf(route, request);
    const query = queryOf(route, request);
    const granted = await grant(api.parts, route, { caller, params, query });
    if (route.exists !== undefined && !(await route.exists(api.parts, caller, params)))
      throw new Problem('not-found', 'There is no such thing.');
    const body = bodyOf(route, request);
    const match = matchOf(route, request);
    const run = () =>
      route.run({
        params,
        query,
        body,
        caller,
        parts: api.parts,
        ...granted,
        ...match,
        request,
        response: { clearSession: () => clearCookie(response, api.door), raw: response },
      });
    const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
    if (key === undefined) send(request, response, { route, reply: await run() });
    else {
      const kept = await once(api.parts.desk, { route, request, caller, key }, run);
      send(request, response, { route, reply: kept });
    }
  };
}

/** The ETag of a revision. */
function etagOf(revision: number): string {
  return `"r${String(revision)}"`;
}

function etagOfReply({ revision, sha256 }: Reply<unknown>): string | null {
  if (revision !== undefined) return etagOf(revision);
  return sha256 === undefined || sha256 === null ? null : `"${sha256}"`;
}

function send(request: Request, response: Response, sent: { route: Route; reply: Reply<unknown> }): void {
  const { route, reply } = sent;
  if (route.contents !== undefined) return;
  const etag = etagOfReply(reply);
  if (etag !== null) {
    response.set('ETag', etag);
    if (request.method === 'GET' && request.get('if-none-match') === etag) {
      response.status(304).end();
      return;
    }
  }
  if (route.answer === null) response.status(route.status).end();
  else response.status(route.status).json(reply.body);
}

/** Names each request, for people who ask about it. */
export const correlate: RequestHandler = (_request, response, next) => {
  const correlationId = randomUUID();
  response.locals['correlationId'] = correlationId;
  response.set('X-Correlation-Id', correlationId);
  next();
};
