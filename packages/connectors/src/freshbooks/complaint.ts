import { z } from 'zod';

/** What FreshBooks complained about, whichever of its error families it used (freshbooks.md 6). */
export interface Complaint {
  readonly message: string;
  /** `errno 1012`, `invalid_grant`, … */
  readonly reason?: string;
  readonly errno?: number;
  readonly field?: string;
}

const errno = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);
const text = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));

interface Found {
  readonly message?: string | undefined;
  readonly errno?: number | undefined;
  readonly reason?: string | undefined;
  readonly field?: string | undefined;
}

function complaint(found: Found): Complaint {
  const reason = found.errno === undefined ? found.reason : `errno ${found.errno}`;
  return {
    message: found.message ?? found.reason ?? 'no message',
    ...(reason === undefined ? {} : { reason }),
    ...(found.errno === undefined ? {} : { errno: found.errno }),
    ...(found.field === undefined ? {} : { field: found.field }),
  };
}

const accountingError = z.object({ errno: errno.optional().catch(undefined), message: text, field: text });

/** A: accounting without a version header; also the oldest events errors. May come with status 200. */
const accounting = z
  .object({
    response: z.object({
      errors: z.union([
        z.tuple([accountingError], accountingError).transform(([first]) => first),
        accountingError,
      ]),
    }),
  })
  .transform((body) => complaint(body.response.errors));

/** A, as other SDKs have seen it: one `error`. */
const accountingSingle = z
  .object({ response: z.object({ error: z.union([accountingError, z.string()]) }) })
  .transform(({ response: { error } }) => complaint(typeof error === 'string' ? { message: error } : error));

const errorInfo = z
  .object({ reason: errno, metadata: z.object({ message: text, field: text }) })
  .transform(({ reason, metadata }) => ({ errno: reason, message: metadata.message, field: metadata.field }));
const badRequest = z
  .object({ fieldViolations: z.tuple([z.object({ field: text, description: text })], z.unknown()) })
  .transform(({ fieldViolations: [first] }) => ({ message: first.description, field: first.field }));
const otherDetail = z.unknown().transform((): Found => ({}));

/** B: google.rpc, with newer version headers; also the middle generation of events errors. */
const rpc = z
  .object({
    code: z.number(),
    message: z.string(),
    details: z.array(z.union([errorInfo, badRequest, otherDetail])),
  })
  .transform(({ code, message, details: [first] }) =>
    complaint({ reason: `code ${code}`, ...first, message: first?.message ?? message }),
  );

/** C: the newest events errors; `details` are lines like `event: Value error, Unrecognized event.` */
const events = z
  .object({ errno, message: z.string(), details: z.array(z.string()).nullish() })
  .transform((body) => {
    const details = body.details ?? [];
    const field = /^(\w+):/.exec(details[0] ?? '')?.[1];
    return complaint({ errno: body.errno, message: [body.message, ...details].join(' '), field });
  });

/** D: online payments. */
const payments = z
  .object({ error_type: z.string(), message: text })
  .transform((body) => complaint({ reason: body.error_type, message: body.message }));
const paymentsFields = z
  .object({ errors: z.tuple([z.object({ field: text, message: text })], z.unknown()) })
  .transform(({ errors: [first] }) => complaint(first));

const ledgerDetail = z.object({ reason: text, metadata: z.object({ field: text }).nullish() });

/** E: ledger accounts. */
const ledger = z
  .object({ errors: z.object({ message: text, details: z.array(ledgerDetail).nullish() }) })
  .transform(({ errors: { message, details } }) =>
    complaint({ message: details?.[0]?.reason ?? message, field: details?.[0]?.metadata?.field }),
  );

/** F: projects. */
const projects = z
  .object({ errno, error: z.object({ title: text }) })
  .transform((body) => complaint({ errno: body.errno, message: body.error.title }));

/** G: OAuth and the identity API; also what a dead bearer token gets anywhere. F has a form with `error` only. */
const auth = z
  .object({ error: z.string(), error_description: text })
  .transform((body) => complaint({ reason: body.error, message: body.error_description ?? body.error }));

/** F and C: nothing but a message. Too vague to overrule a success status. */
const messageOnly = z
  .object({ message: z.string() })
  .transform((body) => complaint({ message: body.message }));

const FAMILIES = [
  accounting,
  accountingSingle,
  rpc,
  projects,
  events,
  payments,
  paymentsFields,
  ledger,
  auth,
];

/** The usual success, recognised without trying all families on it. */
function isResult(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('response' in body)) return false;
  const { response } = body;
  if (typeof response !== 'object' || response === null || !('result' in response)) return false;
  return !('errors' in response) && !('error' in response);
}

/** The complaint in an answer's body; null when there is none. `status` decides whether a bare message is one. */
export function complaintIn(body: unknown, status: number): Complaint | null {
  if (status < 400 && isResult(body)) return null;
  const families = status >= 400 ? [...FAMILIES, messageOnly] : FAMILIES;
  for (const family of families) {
    const parsed = family.safeParse(body);
    if (parsed.success) return parsed.data;
  }
  return null;
}
