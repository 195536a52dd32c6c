import { sameSecret } from '@mlc/platform/accounts/secrets';
import type { Request, RequestHandler } from 'express';
import { Problem } from '../http/problem.ts';
import type { Caller } from './caller.ts';
import { type Door, isLoopback } from './door.ts';
import { bearerOf } from './identify.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A request that is meant to change something. */
export function isChange({ method }: Pick<Request, 'method'>): boolean {
  return !SAFE_METHODS.has(method);
}

/**
 * A browser sends its cookie along with whatever another site makes it send, also under a host name of that site which leads
 * here: pages are served under our own address only, and changes must come from our own pages. A script that carries a
 * token is no browser.
 */
export function ownPagesOnly(door: Door): RequestHandler {
  const own = new URL(door.consoleUrl).host;
  const problemOf = (request: Request): Problem | null => {
    if (bearerOf(request) !== null) return null;
    const host = request.headers.host ?? '';
    const hostname = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
    if (host !== own && !isLoopback(hostname))
      return new Problem('wrong-host', `The console is at ${door.consoleUrl}.`);
    if (!isChange(request) || !isForeign(request, host, own)) return null;
    door.refused('other-site');
    return new Problem('other-site', 'Changes are taken from the console’s own pages only.');
  };
  return (request, _response, next) => {
    const problem = problemOf(request);
    if (problem !== null) throw problem;
    next();
  };
}

function isForeign({ headers }: Request, host: string, own: string): boolean {
  const site = headers['sec-fetch-site'];
  if (typeof site === 'string' && !['same-origin', 'none'].includes(site)) return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || ![host, own].includes(new URL(origin).host);
}

/** A change by a browser has to carry the token of its session. @throws Problem */
export function requireCsrf(caller: Caller, presented: unknown): void {
  if (caller.csrf === null) return;
  if (typeof presented === 'string' && sameSecret(presented, caller.csrf)) return;
  throw new Problem('csrf-token', 'The request does not carry the token of this session.');
}
