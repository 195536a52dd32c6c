import { SESSION_MS_MAX } from '@mlc/platform/accounts/sessions';
import type { Request, Response } from 'express';
import { type Door, isSecure } from './door.ts';

/** `__Host-`: over TLS only, for this host only, for all paths. Browsers refuse that name without TLS. */
function nameOf(door: Pick<Door, 'consoleUrl'>): string {
  return isSecure(door) ? '__Host-mlc' : 'mlc';
}

/** The session token a browser sends; null when it sends none. */
export function cookieOf(request: Pick<Request, 'headers'>, door: Pick<Door, 'consoleUrl'>): string | null {
  const name = nameOf(door);
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

function options(door: Pick<Door, 'consoleUrl'>) {
  return { httpOnly: true, sameSite: 'lax', secure: isSecure(door), path: '/' } as const;
}

/** Gives the browser its session. Lax: it comes along when a provider sends the person back to us. */
export function setCookie(response: Response, door: Pick<Door, 'consoleUrl'>, token: string): void {
  response.cookie(nameOf(door), token, { ...options(door), maxAge: SESSION_MS_MAX });
}

export function clearCookie(response: Response, door: Pick<Door, 'consoleUrl'>): void {
  response.clearCookie(nameOf(door), options(door));
}
