import { randomUUID } from 'node:crypto';
import express from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { SandboxClock } from '../clock.ts';
import type { FaultVoice } from '../faults.ts';
import { Refusal, apiUsage, errorBody, internalError, rateLimited } from './refusal.ts';
import { worldOf } from './resource.ts';
import type { World } from './world.ts';

const VERSION = '2015-07-06';
const BODY_LIMIT = '1mb';
const MINUTE_MS = 60_000;

/** What a token may do, and for whom. */
export interface Access {
  readonly world: World;
  readonly scope: 'read_write' | 'read_only';
}

interface Locals {
  requestId: string;
  world?: World;
}

/** Every answer carries x-request-id, errors repeat it in the body. */
export const giveRequestId: RequestHandler = (_req, res, next) => {
  const requestId = randomUUID();
  (res.locals as Locals).requestId = requestId;
  res.set('x-request-id', requestId);
  next();
};

/** The strict headers of gocardless.md 1.2, then the token. */
export function checkHeaders(accessOf: (token: string) => Access | undefined): RequestHandler {
  return (req, res, next) => {
    const authorization = req.get('authorization');
    if (authorization === undefined) throw unauthorised('missing_authorization_header');
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthorised('invalid_authorization_header');
    checkVersion(req.get('gocardless-version'));
    if (!req.accepts('json')) throw apiUsage(406, 'not_acceptable', 'Not acceptable');
    const access = accessOf(token);
    if (access === undefined) throw unauthorised('access_token_not_found');
    if (access.scope === 'read_only' && req.method !== 'GET') {
      throw apiUsage(403, 'insufficient_permissions', 'Insufficient permissions');
    }
    (res.locals as Locals).world = access.world;
    next();
  };
}

function checkVersion(version: string | undefined): void {
  if (version === undefined) throw apiUsage(400, 'missing_version_header', 'Version header is missing');
  if (version !== VERSION) throw apiUsage(400, 'version_not_found', `Version ${version} not found`);
}

function unauthorised(reason: string): Refusal {
  const messages: Readonly<Record<string, string>> = {
    access_token_not_found: 'Access token not found',
    missing_authorization_header: 'Missing authorization header',
  };
  return apiUsage(401, reason, messages[reason] ?? 'Invalid authorization header');
}

/** 1000 a minute and organisation; the reset is an RFC 1123 date, not seconds (1.7). */
export function limitRate(clock: SandboxClock): RequestHandler {
  const windows = new WeakMap<World, { endsAtMs: number; used: number }>();
  return (_req, res, next) => {
    const world = worldOf(res);
    const limit = world.settings.rateLimitPerMinute;
    const nowMs = clock.now().getTime();
    let window = windows.get(world);
    if (window === undefined || window.endsAtMs <= nowMs) {
      window = { endsAtMs: Math.floor(nowMs / MINUTE_MS + 1) * MINUTE_MS, used: 0 };
      windows.set(world, window);
    }
    window.used += 1;
    res.set(rateHeaders(limit, Math.max(limit - window.used, 0), new Date(window.endsAtMs)));
    if (window.used > limit) throw rateLimited();
    next();
  };
}

function rateHeaders(limit: number, remaining: number, reset: Date): Record<string, string> {
  return {
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': reset.toUTCString(),
  };
}

/** JSON only, and said so; an action's body may be empty. */
export function readBody(): RequestHandler[] {
  const checkType: RequestHandler = (req, _res, next) => {
    const hasBody = Number(req.get('content-length') ?? 0) > 0 || req.get('transfer-encoding') !== undefined;
    if (hasBody && !req.is('application/json')) {
      throw apiUsage(415, 'unsupported_media_type', 'Content-Type must be application/json');
    }
    next();
  };
  return [checkType, express.json({ limit: BODY_LIMIT, strict: false })];
}

export const refuseUnknownPath: RequestHandler = () => {
  throw apiUsage(404, 'path_not_found', 'Path not found');
};

/** Anything thrown becomes GoCardless' error envelope. */
export const answerError: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const refusal = error instanceof Refusal ? error : fromParser(error);
  const { requestId } = res.locals as Locals;
  // A mistake of the sandbox itself; the body must stay GoCardless', so the reason travels beside it.
  if (refusal.refused.status === 500) res.set('x-sandbox-error', encodeURIComponent(String(error)));
  res.status(refusal.refused.status).json(errorBody(refusal.refused, requestId));
};

function fromParser(error: unknown): Refusal {
  const type = (error as { type?: unknown }).type;
  if (type === 'entity.parse.failed')
    return apiUsage(400, 'bad_request', 'The request body is not valid JSON');
  if (type === 'entity.too.large')
    return apiUsage(413, 'request_entity_too_large', 'Request entity too large');
  return internalError();
}

/** How injected faults sound like GoCardless. */
export function faultVoice(clock: SandboxClock): FaultVoice {
  const body = (refusal: Refusal): unknown => errorBody(refusal.refused, randomUUID());
  return {
    status: (status) =>
      body(status >= 500 ? internalError(status) : apiUsage(status, 'bad_request', 'Bad request')),
    rateLimit: () => ({
      headers: rateHeaders(1000, 0, new Date(clock.now().getTime() + 1000)),
      body: body(rateLimited()),
    }),
    okWithErrors: () => ({}),
  };
}
