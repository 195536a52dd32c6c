import type { ConnectorError, FailureKind, HttpResponse } from '@mlc/core';
import {
  type CallInWords,
  type FailureDetails,
  failureOf,
  kindOfStatus,
  retryAfterMs,
  unclear,
} from '../shared/failure.ts';
import { httpDateMs } from '../shared/http-date.ts';
import { redactBody } from '../shared/redact.ts';
import { type Complaint, type Entry, fieldOf, readComplaint } from './complaint.ts';

/**
 * Reasons that decide by themselves, whatever the type and status (gocardless.md 1.8: the same reason comes with
 * different types). All `conflict`s mean: the world is not as the flow last saw it, look again.
 */
const KIND_OF_REASON: Readonly<Record<string, FailureKind>> = {
  idempotent_creation_conflict: 'conflict',
  cancellation_failed: 'conflict',
  mandate_is_inactive: 'conflict',
  mandate_replaced: 'conflict',
  rate_limit_exceeded: 'rate-limited',
};

/** The links under which a conflict names the object to look at instead. */
const CONFLICTING_LINKS = ['conflicting_resource_id', 'new_mandate'];

/** GoCardless counts per minute: a reset outside of this belongs to another clock. In ms. */
const MAX_RESET_MS = 120_000;
const MIN_RESET_MS = 1_000;
const RESET_SLACK_MS = 5_000;

/** What a failed answer is judged by besides itself. */
export interface FailureContext {
  readonly connectionId: string;
  readonly now: Date;
  readonly secrets: readonly string[];
}

/**
 * Ms until `RateLimit-Reset`, an RFC 1123 date (gocardless.md 1.7): by the answer's own `Date`, so that a wrong clock
 * here does no harm, else by ours (a sandbox's time may be another than its server's). Undefined when neither fits.
 */
export function msUntilReset(headers: HttpResponse['headers'], now: Date): number | undefined {
  const resetAt = httpDateMs(headers['ratelimit-reset'] ?? '');
  const waitMs = [httpDateMs(headers['date'] ?? ''), now.getTime()]
    .map((answeredAt) => resetAt - answeredAt)
    .find((ms) => ms >= -RESET_SLACK_MS && ms <= MAX_RESET_MS);
  return waitMs === undefined ? undefined : Math.max(waitMs, MIN_RESET_MS);
}

/** The exception for an answer that is not 2xx. */
export function failureFromAnswer(
  call: CallInWords,
  answer: HttpResponse,
  context: FailureContext,
): ConnectorError {
  const complaint = readComplaint(answer.body);
  const entry = complaint === null ? undefined : decisiveEntry(complaint.entries);
  const askedMs = retryAfterMs(answer.headers, context.now);
  const kind = kindOf(call, answer.status, { complaint, entry, askedMs });
  return failureOf(
    call,
    kind,
    redactBody(messageOf(answer.status, complaint, entry), context.secrets),
    present({
      status: answer.status,
      reason: reasonOf(complaint, entry),
      field: entry === undefined ? undefined : fieldOf(entry),
      conflictingId: kind === 'conflict' && entry !== undefined ? conflictingId(entry) : undefined,
      retryAfterMs:
        kind === 'rate-limited' ? (askedMs ?? msUntilReset(answer.headers, context.now)) : undefined,
      connectionId: kind === 'unauthorised' ? context.connectionId : undefined,
      maximumMinor: entry === undefined ? undefined : maximumMinor(entry),
      response: redactBody(answer.body, context.secrets),
    }),
  );
}

interface Findings {
  readonly complaint: Complaint | null;
  readonly entry: Entry | undefined;
  /** From `Retry-After`; `RateLimit-Reset` is on every answer and asks for nothing. */
  readonly askedMs: number | undefined;
}

function kindOf(call: CallInWords, status: number, { complaint, entry, askedMs }: Findings): FailureKind {
  const known = entry?.reason === undefined ? undefined : KIND_OF_REASON[entry.reason];
  if (known !== undefined) return known;
  // The edge, not GoCardless: it says nothing about whether the call got through.
  if (status === 404 && complaint === null) return unclear(call);
  // A server error is safe to send again even for a write: creations carry a key, and a second cancellation only finds
  // out that the first one worked (gocardless.md 1.8, 1.9). So every call counts as repeatable here.
  return kindOfStatus({ ...call, write: false }, status, askedMs);
}

/** One entry speaks for the answer: one that decides, else a limit, else the first. */
function decisiveEntry(entries: readonly Entry[]): Entry | undefined {
  return (
    entries.find(({ reason }) => reason !== undefined && Object.hasOwn(KIND_OF_REASON, reason)) ??
    entries.find(isOverLimit) ??
    entries[0]
  );
}

function isOverLimit(entry: Entry): boolean {
  if (fieldOf(entry) !== 'amount') return false;
  return 'maximum_amount' in entry.metadata || /greater than/i.test(entry.message ?? '');
}

function reasonOf(complaint: Complaint | null, entry: Entry | undefined): string | undefined {
  if (entry === undefined) return complaint?.type;
  return entry.reason ?? (isOverLimit(entry) ? 'amount_too_large' : complaint?.type);
}

function conflictingId(entry: Entry): string | undefined {
  return CONFLICTING_LINKS.map((name) => entry.links[name]).find((id) => typeof id === 'string');
}

function maximumMinor(entry: Entry): bigint | undefined {
  const maximum = entry.metadata['maximum_amount'];
  if (typeof maximum !== 'number' && typeof maximum !== 'string') return undefined;
  return /^\d{1,18}$/.test(String(maximum)) ? BigInt(maximum) : undefined;
}

/** What to do about the statuses whose own message does not say it. */
const ADVICE: Readonly<Record<number, string>> = {
  401: ' (apply a valid access token; a live token on the sandbox address, or the other way round, looks the same)',
  403: ' (the access token needs read-write access to this resource)',
};

function messageOf(status: number, complaint: Complaint | null, entry: Entry | undefined): string {
  const advice = ADVICE[status] ?? '';
  if (complaint === null) return `answered ${status} without GoCardless's error envelope${advice}`;
  const field = entry === undefined ? undefined : fieldOf(entry);
  const detail = [field, entry?.message ?? entry?.reason].filter((part) => part !== undefined).join(' ');
  const said = detail === '' || detail === complaint.message ? '' : `: ${detail}`;
  return `answered ${status} "${complaint.message}"${said}${advice}`;
}

/** Leaves out what is not known: an absent detail and an undefined one are not the same (exactOptionalPropertyTypes). */
function present(details: { [K in keyof FailureDetails]: FailureDetails[K] | undefined }): FailureDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
