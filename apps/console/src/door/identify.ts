import { findApiToken } from '@mlc/platform/accounts/api-tokens';
import { csrfTokenOf, sameSecret } from '@mlc/platform/accounts/secrets';
import { findSession } from '@mlc/platform/accounts/sessions';
import { noteRefusal } from '@mlc/platform/accounts/sign-in';
import type { Request } from 'express';
import { Problem } from '../http/problem.ts';
import { ADMIN_TOKEN_CALLER, type Caller, personCaller, tokenCaller } from './caller.ts';
import { cookieOf } from './cookie.ts';
import type { Door } from './door.ts';

/** The token of `Authorization: Bearer …`; null without one. */
export function bearerOf(request: Pick<Request, 'headers'>): string | null {
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
  return /^bearer$/i.test(scheme) ? token : null;
}

/** Whose request it is; null when nobody's. @throws Problem when too many wrong tokens came from there */
export async function identify(door: Door, request: Request): Promise<Caller | null> {
  const bearer = bearerOf(request);
  if (bearer !== null) return byToken(door, request.ip ?? '', bearer);
  const cookie = cookieOf(request, door);
  if (cookie === null) return null;
  const found = await findSession(door.desk, cookie);
  if (found?.session.stage !== 'signed-in') {
    door.refused('session');
    return null;
  }
  return personCaller(found.person, found.session, csrfTokenOf(cookie));
}

async function byToken(door: Door, address: string, bearer: string): Promise<Caller | null> {
  const retryAfterMs = await door.guesses.blockedMs(address);
  if (retryAfterMs > 0) {
    door.refused('locked');
    throw new Problem('too-many-requests', 'Too many wrong tokens came from this address.', { retryAfterMs });
  }
  if (sameSecret(bearer, door.adminToken)) return ADMIN_TOKEN_CALLER;
  const token = await findApiToken(door.desk, bearer);
  if (token !== null) return tokenCaller(token);
  door.refused('token');
  const { isLocked } = await door.guesses.failed(address);
  await noteRefusal(door.desk, door.limits, {
    email: null,
    step: 'token',
    address,
    locked: isLocked ? ['address'] : [],
  });
  return null;
}
