import type { Business } from '@mlc/core';
import type { Role } from '@mlc/platform/accounts/roles';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Caller } from '../door/caller.ts';
import type { ApiParts } from './parts.ts';

/** `any`: everybody who is signed in, about themselves. */
export type NeededRole = Role | 'any';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a route works with; everything in it is checked. */
export interface Asked<Params, Query, Body, Found> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly parts: ApiParts;
  /** Of a route in a business: the business. */
  readonly business: Business;
  /** Of a route about one thing: the thing. */
  readonly found: Found;
  /** The revision of If-Match; null without it. */
  readonly revision: number | null;
  /** The SHA-256 of If-Match, where a route needs one; null else. */
  readonly sha256: string | null;
  readonly request: Request;
  readonly response: ResponsePart;
}

/** What a route may do to the answer besides its body. */
export interface ResponsePart {
  clearSession(): void;
  /** Of a route with `contents`: written and ended by the route itself. */
  readonly raw: Response;
}

/** What is sent back. */
export interface Reply<Body> {
  readonly body: Body;
  /** Of the thing in the body; becomes the ETag. */
  readonly revision?: number;
  /** Instead of a revision: what it is the SHA-256 of becomes the ETag. */
  readonly sha256?: string | null;
}

/** Something that belongs to a business. */
export interface Owned {
  readonly businessId: string;
}

/** One operation of the API as its source writes it. The role has to be named: without it this does not compile. */
export interface RouteSpec<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Found extends Owned,
> {
  readonly id: string;
  readonly method: Method;
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly role: NeededRole;
  /**
   * Where the role is needed. `deployment`: in any business; `everywhere`: in all there are and will be; `business`: in
   * that of `?business`; `thing`: in that of what `find` finds.
   */
  readonly within: 'deployment' | 'everywhere' | 'business' | 'thing';
  readonly find?: (parts: ApiParts, params: z.output<Params>) => Promise<Found | null>;
  /** For what belongs to no one business: whether it exists for the caller; looked up before the body is. */
  readonly exists?: (parts: ApiParts, caller: Caller, params: z.output<Params>) => Promise<boolean>;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly status: 200 | 201 | 202 | 204;
  /** Null: no body. */
  readonly answer: Answer | null;
  /** Media types of an answer that is written piece by piece, not as JSON. */
  readonly contents?: readonly string[];
  /** If-Match has to be sent, a revision or a SHA-256; a request without it is 428. */
  readonly needsMatch?: boolean | 'sha256';
  /** The answer holds a secret that is shown once: not kept for repetitions. */
  readonly isSecret?: boolean;
  /** Needs a sign-in younger than 15 minutes. */
  readonly isSensitive?: boolean;
  run(
    asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>, Found>,
  ): Promise<Reply<z.input<Answer> | null>>;
}

/** One operation, its types forgotten. */
export type Route = RouteSpec<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType, Owned>;

/** Checks an operation where it is written. */
export function route<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Found extends Owned,
>(spec: RouteSpec<Params, Query, Body, Answer, Found>): Route {
  return spec;
}
