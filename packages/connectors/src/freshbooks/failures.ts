import {
  PERIOD_LOCKED,
  SCOPE_MISSING,
  type ConnectorError,
  type FailureKind,
  type HttpResponse,
} from '@mlc/core';
import type { ZodError } from 'zod';
import {
  failureOf,
  kindOfStatus,
  retryAfterMs,
  unclear,
  type CallInWords,
  type FailureDetails,
} from '../shared/failure.ts';
import { redactBody } from '../shared/redact.ts';
import { complaintIn, type Complaint } from './complaint.ts';

/** What is needed to judge one answer. */
export interface Judgement {
  readonly call: CallInWords;
  /** Named by `unauthorised` failures so that the connection can be parked. */
  readonly connectionId?: string;
  readonly now: Date;
  /** The call belongs to what a plan or scope may leave out: being forbidden it says nothing about the connection. */
  readonly optional?: boolean;
  /** Values that must not appear in the kept answer. */
  readonly secrets: readonly string[];
}

/** "Unknown resource" and "deleted resource" (freshbooks.md 6, errno table). */
const GONE: ReadonlySet<number> = new Set([1012, 1011]);

/** `X-RateLimit-Reset` is unix seconds; it also comes with successful answers, so only a 429 makes it count. */
function resetMs(response: HttpResponse, now: Date): number | undefined {
  const reset = response.headers['x-ratelimit-reset'];
  if (response.status !== 429 || reset === undefined || !/^\d{1,12}$/.test(reset)) return undefined;
  return Math.min(Math.max(Number(reset) * 1000 - now.getTime(), 0), 60 * 60 * 1000);
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** The redacted answer and what it says about itself. */
function detailsOf(response: HttpResponse, judgement: Judgement): FailureDetails {
  const waitMs = retryAfterMs(response.headers, judgement.now) ?? resetMs(response, judgement.now);
  return {
    status: response.status,
    response: redactBody(response.body, judgement.secrets),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(judgement.connectionId === undefined ? {} : { connectionId: judgement.connectionId }),
  };
}

/** "Access denied", also what a feature outside the plan is answered with; then those of features (freshbooks.md 6). */
const FORBIDDEN: ReadonlySet<number> = new Set([1003, 12_001, 31_001, 41_001, 41_101]);
const PLAN_WORDS = /\b(?:your|current) plan\b|\bpermission\b/i;
/** "Write access denied": one field is read-only. */
const READ_ONLY_FIELD = 1038;

/**
 * Whether the plan, a scope or the role forbids the call (freshbooks.md 1.7, 2.5): 403, a success status with errors, or
 * a 401 that speaks of access and not of the token, which was a new one by then.
 */
function isForbidden(status: number, said: Complaint | null): boolean {
  if (said === null) return false;
  if (status === 403) return said.errno !== READ_ONLY_FIELD;
  const isAboutAccess = said.errno !== undefined && FORBIDDEN.has(said.errno);
  // The ledger's errors carry no number.
  return status === 401 ? isAboutAccess : status < 300 && (isAboutAccess || PLAN_WORDS.test(said.message));
}

/** No recording of it is known, so both the field and the words have to speak of a date in a closed period. */
const LOCKED_WORDS =
  /\blocked\b|\bclosed (?:accounting |financial |fiscal )?period\b|\b(?:period|books|month|year) (?:is|are|was|were|has been|have been) closed\b/i;

function isPeriodLocked(kind: FailureKind, said: Complaint | null): boolean {
  return kind === 'rejected' && /date/i.test(said?.field ?? '') && LOCKED_WORDS.test(said?.message ?? '');
}

/** What went wrong in a word that flows know, else FreshBooks' own. */
function reasonOf(kind: FailureKind, said: Complaint | null): string | undefined {
  return isPeriodLocked(kind, said) ? PERIOD_LOCKED : said?.reason;
}

function refused(
  judgement: Judgement,
  kind: FailureKind,
  said: Complaint | null,
  details: FailureDetails,
): ConnectorError {
  const at = said?.field === undefined ? '' : ` (field ${said.field})`;
  const reason =
    judgement.optional === true && isForbidden(details.status ?? 0, said)
      ? SCOPE_MISSING
      : reasonOf(kind, said);
  const message =
    said === null ? 'no reason was given' : redactBody(`${said.message}${at}`, judgement.secrets);
  return failureOf(
    judgement.call,
    reason === SCOPE_MISSING ? 'rejected' : kind,
    `HTTP ${details.status ?? 0}: ${message}`,
    {
      ...details,
      ...(reason === undefined ? {} : { reason }),
      ...(said?.field === undefined ? {} : { field: said.field }),
    },
  );
}

function kindOfRefusal(response: HttpResponse, judgement: Judgement, said: Complaint | null): FailureKind {
  const waitMs = retryAfterMs(response.headers, judgement.now);
  const kind = kindOfStatus(judgement.call, response.status, waitMs);
  // A 404 that does not speak FreshBooks comes from something in between and says nothing about the object.
  const foreign = response.status === 404 && said === null && parseJson(response.body) === null;
  return foreign && !judgement.call.write ? 'transient' : kind;
}

/**
 * The JSON of a successful answer; throws ConnectorError for everything else. FreshBooks also refuses with status 200
 * (freshbooks.md 6, client rule), so success is what has neither an error status nor a complaint in it.
 */
export function readAnswer(response: HttpResponse, judgement: Judgement): unknown {
  const { call } = judgement;
  const json = parseJson(response.body);
  const said = json === null ? null : complaintIn(json.value, response.status);
  if (response.status < 400 && said === null && json !== null) return json.value;
  const details = detailsOf(response, judgement);
  if (response.status >= 400) {
    throw refused(judgement, kindOfRefusal(response, judgement, said), said, details);
  }
  if (said !== null) throw refused(judgement, 'rejected', said, details);
  throw failureOf(call, unclear(call), 'the answer is not JSON', details);
}

/** A success whose body lacks something needed: hopeless for a read, but a write may well have happened. */
export function mismatch(response: HttpResponse, judgement: Judgement, error: ZodError): ConnectorError {
  const kind = judgement.call.write ? 'outcome-unknown' : 'rejected';
  const issue = error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  return failureOf(judgement.call, kind, `answer: ${field}: ${issue?.message ?? 'unexpected'}`, {
    ...detailsOf(response, judgement),
    reason: 'unexpected_answer',
    field,
  });
}

/** True when the failure says that the object asked for does not exist (any more). */
export function isGone(failure: ConnectorError): boolean {
  if (failure.kind !== 'rejected') return false;
  const errno = Number(/^errno (\d+)$/.exec(failure.reason ?? '')?.[1]);
  return failure.status === 404 || GONE.has(errno);
}
