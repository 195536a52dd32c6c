import type { ConnectorError, FailureKind, HttpResponse } from '@mlc/core';
import type { z } from 'zod';
import {
  type CallInWords,
  type FailureDetails,
  failureOf,
  kindOfStatus,
  retryAfterMs,
  unclear,
} from '../shared/failure.ts';
import { redactBody } from '../shared/redact.ts';
import { codesOf, type Complaint, readComplaint } from './complaint.ts';

/** What a failed answer is judged by besides itself. */
export interface FailureContext {
  readonly connectionId: string;
  readonly now: Date;
  readonly secrets: readonly string[];
}

/** The identity family's words for "these credentials do not work", also with status 400 (paypal.md 1.2). */
const BAD_CREDENTIALS: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_token',
  'invalid_grant',
]);

/** A machine-readable issue; the older vocabulary has sentences there. */
const CODE = /^[A-Z][A-Z0-9_]+$/;

/** True for an answer that a new token could cure: every 401 except a blocked account (paypal.md 1.2). */
export function asksForNewToken(answer: HttpResponse): boolean {
  if (answer.status !== 401) return false;
  return !codesOf(readComplaint(answer.body)).includes(BLOCKED);
}

/** What PayPal says when a token does not cover a call (paypal.md 1.3, 4.4). */
const NOT_COVERED: ReadonlySet<string> = new Set([
  'NOT_AUTHORIZED',
  'PERMISSION_DENIED',
  'insufficient_scope',
]);

/** True for a refusal that a token made later may not meet: its feature may have been switched on since. */
export function refusesScope(answer: HttpResponse): boolean {
  return answer.status === 403 && codesOf(readComplaint(answer.body)).some((code) => NOT_COVERED.has(code));
}

/** The exception for an answer that is not 2xx. */
export function failureFromAnswer(
  call: CallInWords,
  answer: HttpResponse,
  context: FailureContext,
): ConnectorError {
  const said = readComplaint(answer.body);
  const askedMs = retryAfterMs(answer.headers, context.now);
  const kind = kindOf(call, answer.status, { said, askedMs });
  const field = said?.entries.find((entry) => entry.field !== null)?.field ?? undefined;
  const reason = reasonOf(said);
  const message = messageOf(answer, said, adviceOn(kind, answer.status, said));
  return failureOf(call, kind, redactBody(message, context.secrets), {
    status: answer.status,
    response: redactBody(answer.body, context.secrets),
    ...(reason === undefined ? {} : { reason }),
    ...(field === undefined ? {} : { field }),
    ...(kind === 'rate-limited' && askedMs !== undefined ? { retryAfterMs: askedMs } : {}),
    ...(kind === 'unauthorised' ? { connectionId: context.connectionId } : {}),
  });
}

interface Findings {
  readonly said: Complaint | null;
  readonly askedMs: number | undefined;
}

function kindOf(call: CallInWords, status: number, { said, askedMs }: Findings): FailureKind {
  if (said?.name === 'RATE_LIMIT_REACHED') return 'rate-limited';
  if (status === 400 && said !== null && BAD_CREDENTIALS.has(said.name)) return 'unauthorised';
  // The edge, not PayPal: it says nothing about whether the call got through.
  if (status === 404 && said === null) return unclear(call);
  return kindOfStatus(call, status, askedMs);
}

function reasonOf(said: Complaint | null): string | undefined {
  return said?.entries.map(({ issue }) => issue).find((issue) => CODE.test(issue)) ?? said?.name;
}

const BLOCKED = 'INVALID_ACCOUNT_STATUS';

/** What to do, where PayPal's own message does not say it. */
function adviceOn(kind: FailureKind, status: number, said: Complaint | null): string {
  if (codesOf(said).includes(BLOCKED)) return ' (PayPal has restricted this account: see its dashboard)';
  if (kind === 'unauthorised')
    return ' (apply the client id and secret of the PayPal app again; live credentials on the sandbox address, or the other way round, look the same)';
  if (status === 403 && kind === 'rejected')
    return ' (the PayPal app lacks this feature: switch it on in the developer dashboard; it can take PayPal 9 hours)';
  return '';
}

function messageOf(answer: HttpResponse, said: Complaint | null, advice: string): string {
  const { status, headers } = answer;
  const debugId = said?.debugId ?? headers['paypal-debug-id'];
  const trace = debugId === undefined ? '' : ` [debug id ${debugId}]`;
  if (said === null) return `answered ${status} without PayPal's error body${advice}${trace}`;
  const details = said.entries
    .slice(0, 3)
    .map(({ field, issue, description }) =>
      [field, issue, description].filter((part) => part !== null && part !== '').join(' '),
    )
    .join('; ');
  return `answered ${status} ${said.name} "${said.message}"${details === '' ? '' : `: ${details}`}${advice}${trace}`;
}

/**
 * Reads a 2xx answer. After a write, whatever cannot be read leaves its outcome unknown; a read's answer that is not
 * JSON was cut or came from somewhere else and may be better next time, one with wrong fields will not.
 */
export function understand<T>(
  call: CallInWords,
  answer: HttpResponse,
  schema: z.ZodType<T>,
  secrets: readonly string[],
): T {
  // Reading it costs more than the answer itself: only failures tell it.
  const details = (): FailureDetails => ({
    status: answer.status,
    response: redactBody(answer.body, secrets),
  });
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch (cause) {
    const message = `answered ${answer.status} with something that is not JSON`;
    throw failureOf(call, unclear(call), message, { ...details(), cause });
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, 3);
  const field = issues[0]?.path.map(String).join('.') ?? '';
  const named = issues.map((issue) => `its field ${issue.path.map(String).join('.')}: ${issue.message}`);
  const kind = call.write ? 'outcome-unknown' : 'rejected';
  throw failureOf(call, kind, `answered ${answer.status}, but ${named.join('; ')}`, {
    ...details(),
    reason: 'schema_mismatch',
    field,
  });
}
