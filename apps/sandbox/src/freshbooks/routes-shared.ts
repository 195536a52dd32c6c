import express from 'express';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { param } from './access.ts';
import { isBody } from './body.ts';
import type { Body } from './body.ts';
import { Refusal, missingField, unknownObject } from './failures.ts';
import { OauthRefusal } from './oauth-refusal.ts';
import type { Page } from './query.ts';
import type { Wire } from './resource.ts';

/** Words a refusal in one of the error families of freshbooks.md 6. */
export type Family = (refusal: Refusal) => object;

/** Reads JSON bodies. A bare `null` passes: the official client sends one with its DELETE. */
export function jsonBody(): RequestHandler {
  return express.json({ limit: '2mb', strict: false });
}

/** The accounting envelope: `{"response":{"result":{"<name>":…}}}`. */
export function envelope(result: Wire): object {
  return { response: { result } };
}

/** The accounting envelope of a list. */
export function listEnvelope(name: string, { rows, page, pages, per_page, total }: Page<Wire>): object {
  return envelope({ [name]: rows, page, pages, per_page, total });
}

/** The object in a write's body under its key, e.g. `invoice`; throws Refusal 1001 when it is not there. */
export function wrapped(req: Request, name: string): Body {
  const body: unknown = req.body;
  const inner = isBody(body) ? body[name] : undefined;
  if (isBody(inner)) return inner;
  throw missingField(name, name);
}

/** The id in the path; what is no number is an object there is not. */
export function pathId(req: Request, object: string): number {
  const text = param(req, 'id');
  if (/^\d+$/.test(text)) return Number(text);
  throw unknownObject(object, 'id', text);
}

/** True when the caller sent a version header, whichever of the two (freshbooks.md 4). */
export function sentVersion(req: Request): boolean {
  return req.get('api-version') !== undefined || req.get('x-api-version') !== undefined;
}

/** Answers refusals in the family `familyFor` picks, dead tokens as everywhere, malformed JSON as 1005. */
export function refusals(familyFor: (req: Request) => Family): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refusal = refusalOf(error);
    if (refusal === null) next(error);
    else res.status(refusal.status).json(familyFor(req)(refusal));
  };
}

function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!(error instanceof SyntaxError)) return null;
  const message = 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)';
  return new Refusal(400, { errno: 1005, message });
}

/** The last resort of the whole sandbox: OAuth's words for OAuth's refusals, everything else is a 500. */
export const oauthRefusals: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  if (error instanceof OauthRefusal) {
    res.status(error.status).json({ error: error.code, error_description: error.message });
    return;
  }
  const error_description = error instanceof Error ? error.message : 'internal server error';
  res.status(500).json({ error: 'internal_server_error', error_description });
};
