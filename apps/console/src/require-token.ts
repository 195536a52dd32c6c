import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/** The token a request carries: `Bearer <token>`, or for browsers HTTP Basic with the token as password. */
export function presentedToken(authorization: string | undefined): string | null {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** Lets through who knows the token; compared in constant time, whatever its length. */
export function requireToken(token: string): RequestHandler {
  const expected = digest(token);
  return (request, response, next) => {
    const presented = presentedToken(request.headers.authorization);
    if (presented !== null && timingSafeEqual(digest(presented), expected)) {
      next();
      return;
    }
    response
      .status(401)
      .set('WWW-Authenticate', 'Basic realm="ml-connector: any user name, MLC_ADMIN_TOKEN as password"')
      .json({ error: 'unauthorised' });
  };
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser sends Basic credentials along with whatever another site makes it send: requests that change something must
 * come from our own pages. Scripts send neither header.
 */
export const refuseOtherSites: RequestHandler = (request, response, next) => {
  const site = request.headers['sec-fetch-site'];
  const { origin, host } = request.headers;
  const foreignSite = typeof site === 'string' && !['same-origin', 'none'].includes(site);
  const foreignOrigin = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
  if (SAFE_METHODS.has(request.method) || (!foreignSite && !foreignOrigin)) {
    next();
    return;
  }
  response.status(403).json({ error: 'other_site' });
};
