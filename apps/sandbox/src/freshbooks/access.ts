import type { Request } from 'express';
import { muted } from './books.ts';
import type { Books } from './books.ts';
import { Refusal, forbidden } from './failures.ts';
import { unauthenticated } from './oauth-refusal.ts';
import { readQuery } from './query.ts';
import type { Call } from './resource.ts';
import type { Access } from './tokens.ts';
import type { World } from './world.ts';

/** Who is calling; throws 401 `unauthenticated` for a missing, dead or expired bearer token. */
export function bearerOf(world: World, req: Request): Access {
  const token = /^Bearer (.+)$/i.exec(req.get('authorization') ?? '')?.[1];
  const access = token === undefined ? null : world.tokens.authenticate(token);
  if (access === null) throw unauthenticated();
  return access;
}

/** What a request wants to do: the scope's object (null: any token will do) and whether it writes. */
export interface Intent {
  readonly scope: string | null;
  readonly writes: boolean;
}

/**
 * Lets a request at the books of one business, or throws: 401 for the token, 404 for an account there is not, 401 for
 * somebody else's, 403 for a missing scope or a role that may only read (freshbooks.md 1.7, 6).
 */
export function callFor(world: World, req: Request, books: Books | undefined, intent: Intent): Call {
  const access = bearerOf(world, req);
  if (books === undefined)
    throw new Refusal(404, { errno: 1012, message: 'Account not found.', object: 'account' });
  if (books.business.identityId !== access.identityId) {
    const message = 'The server could not verify that you are authorized to access the URL requested.';
    throw new Refusal(401, { errno: 1003, message });
  }
  requireScope(access, intent);
  if (intent.writes && books.business.role === 'client') {
    throw forbidden({ errno: 1003, message: 'Permission Denied' });
  }
  const heard = world.switches.echoApiWrites ? books : muted(books);
  return { books: heard, query: readQuery(req.originalUrl) };
}

/** Throws 403 with the scopes given and needed. */
export function requireScope({ scopes }: Access, { scope, writes }: Intent): void {
  if (scope === null) return;
  const needed = `user:${scope}:${writes ? 'write' : 'read'}`;
  if (scopes.has(needed)) return;
  const message = `Insufficient scope. Provided scopes: ${[...scopes].join(' ')}. Needed scopes: ${needed}.`;
  throw forbidden({ errno: 1003, message });
}

/** A path parameter; Express types wild ones as lists. */
export function param(req: Request, name: string): string {
  const value = (req.params as Record<string, string | string[] | undefined>)[name];
  return typeof value === 'string' ? value : '';
}
