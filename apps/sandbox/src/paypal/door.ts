import express from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { FaultVoice } from '../faults.ts';
import { debugId } from './ids.ts';
import { refuse, Refusal, silent, unknownId } from './refusal.ts';
import type { ErrorName } from './refusal.ts';
import type { Grant, TokenDesk } from './tokens.ts';
import type { World } from './world.ts';

const BODY_LIMIT = '2mb';
const MINUTE_MS = 60_000;

interface Locals {
  debugId?: string;
  grant?: Grant;
  rawBody?: string;
}

/** The merchant a request acts for. Behind `checkToken` only. */
export function worldOf(res: Response): World {
  const { grant } = res.locals as Locals;
  if (grant === undefined) throw new Error('the route is in front of the token check');
  return grant.world;
}

/** The request's JSON exactly as it came. */
export function rawBodyOf(res: Response): string {
  return (res.locals as Locals).rawBody ?? '';
}

/** Every answer names itself; errors repeat it as `debug_id`. */
export const giveDebugId: RequestHandler = (_req, res, next) => {
  const id = debugId();
  (res.locals as Locals).debugId = id;
  res.set('paypal-debug-id', id);
  next();
};

/** Both families of 401 (paypal.md 1.2). */
export function checkToken(tokens: TokenDesk): RequestHandler {
  return (req, res, next) => {
    const authorization = req.get('authorization');
    if (authorization === undefined) throw refuse('AUTHENTICATION_FAILURE');
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw refuse('AUTHENTICATION_FAILURE');
    try {
      (res.locals as Locals).grant = tokens.check(token);
    } catch (refusal) {
      const isResourceStyle = tokens.settings.unauthorisedStyle === 'resource';
      throw isResourceStyle ? refuse('AUTHENTICATION_FAILURE') : refusal;
    }
    next();
  };
}

/** 403 unless the token has one of the scopes. */
export function needs(...scopes: readonly string[]): RequestHandler {
  return (_req, res, next) => {
    const has = (res.locals as Locals).grant?.scopes ?? [];
    if (scopes.some((scope) => has.includes(scope))) {
      next();
      return;
    }
    throw notPermitted();
  };
}

/** 403: the app lacks a feature. */
export function notPermitted(): Refusal {
  const description = 'You do not have permission to access or perform operations on this resource.';
  return refuse('NOT_AUTHORIZED', [{ issue: 'PERMISSION_DENIED', description }]);
}

/** JSON only, and said so; the raw text is kept for the verify endpoint. */
export function readBody(): RequestHandler[] {
  const checkType: RequestHandler = (req, _res, next) => {
    if (hasBody(req) && !req.is('application/json')) throw refuse('UNSUPPORTED_MEDIA_TYPE');
    next();
  };
  const parse = express.json({
    limit: BODY_LIMIT,
    verify: (_req, res, bytes) => {
      (res as Response).locals['rawBody'] = bytes.toString('utf8');
    },
  });
  return [checkType, parse];
}

function hasBody(req: Request): boolean {
  return Number(req.get('content-length') ?? 0) > 0 || req.get('transfer-encoding') !== undefined;
}

/** So many requests a minute and merchant as the settings say; no header tells how long to wait (paypal.md 1.5). */
export function limitRate(): RequestHandler {
  const used = new WeakMap<World, { minute: number; count: number }>();
  return (_req, res, next) => {
    const world = worldOf(res);
    const max = world.settings.requestsPerMinute;
    const minute = Math.floor(world.clock.now().getTime() / MINUTE_MS);
    const before = used.get(world);
    const count = before?.minute === minute ? before.count + 1 : 1;
    used.set(world, { minute, count });
    if (max !== null && count > max) throw refuse('RATE_LIMIT_REACHED');
    next();
  };
}

export const refuseUnknownPath: RequestHandler = () => {
  throw unknownId();
};

/** Anything thrown becomes an answer of PayPal's. */
export const answerError: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const refusal = error instanceof Refusal ? error : fromParser(error);
  // A mistake of the sandbox itself; the body must stay PayPal's, so the reason travels beside it.
  if (refusal.status === 500) res.set('x-sandbox-error', encodeURIComponent(String(error)));
  const body = refusal.body((res.locals as Locals).debugId ?? '');
  res.status(refusal.status).set(refusal.headers);
  if (body === undefined) res.end();
  else res.json(body);
};

function fromParser(error: unknown): Refusal {
  const type = (error as { type?: unknown }).type;
  if (type === 'entity.parse.failed')
    return refuse('INVALID_REQUEST', [{ issue: 'MALFORMED_REQUEST_JSON', location: 'body' }]);
  if (type === 'entity.too.large')
    return refuse('INVALID_REQUEST', [{ issue: 'MAX_PAYLOAD_EXCEEDED' }], { status: 413 });
  return refuse('INTERNAL_SERVER_ERROR');
}

const NAME_OF_STATUS: Readonly<Record<number, ErrorName>> = {
  400: 'INVALID_REQUEST',
  401: 'AUTHENTICATION_FAILURE',
  403: 'NOT_AUTHORIZED',
  404: 'RESOURCE_NOT_FOUND',
  409: 'RESOURCE_CONFLICT',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'RATE_LIMIT_REACHED',
  503: 'SERVICE_UNAVAILABLE',
};

/** How injected faults sound like PayPal: a 429 of the token endpoint has no body (paypal.md 1.5). */
export function faultVoice(): FaultVoice {
  return {
    status: (status) =>
      refuse(NAME_OF_STATUS[status] ?? 'INTERNAL_SERVER_ERROR', [], { status }).body(debugId()),
    rateLimit: (req) => {
      const refusal = req?.path === '/v1/oauth2/token' ? silent(429) : refuse('RATE_LIMIT_REACHED');
      return { headers: {}, body: refusal.body(debugId()) };
    },
    okWithErrors: () => ({}),
  };
}
