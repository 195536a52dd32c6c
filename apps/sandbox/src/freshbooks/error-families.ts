import { Refusal } from './failures.ts';
import type { Complaint } from './failures.ts';

const GRPC_CODES: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13 };

/** The gRPC code FreshBooks pairs with an HTTP status: 3, invalid argument, unless there is a closer one. */
function grpcCode(status: number): number {
  return GRPC_CODES[status] ?? 3;
}

/** Family A: the accounting API without a version header. */
export function oldAccounting({ complaint }: Refusal): object {
  const { errno, message, field = null, object = null, value = null } = complaint;
  return { response: { errors: [{ errno, field, message, object, value }] } };
}

/** Family B: the accounting API when a version header was sent. */
export function newAccounting({ status, complaint }: Refusal): object {
  return {
    code: grpcCode(status),
    message: `Request failed with status_code: ${status}`,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: String(complaint.errno),
        domain: 'accounting.api.freshbooks.com',
        metadata: metadataOf(complaint),
      },
    ],
  };
}

/** Family C in its newest form: the events API without a version header. */
export function newestEvents({ status, complaint }: Refusal): object {
  if (status === 404) return { errno: 404, message: 'Requested resource could not be found.' };
  if (status !== 422) return { errno: status, message: complaint.message };
  const message = 'The request was well-formed but was unable to be followed due to semantic errors.';
  return { errno: 422, message, details: [`${complaint.field ?? 'body'}: ${complaint.message}`] };
}

/** Family C in its middle form: the events API when a version header was sent. */
export function middleEvents({ status, complaint }: Refusal): object {
  if (status !== 422) return { code: grpcCode(status), message: messageFor(status, complaint), details: [] };
  const fieldViolations = [{ field: complaint.field ?? '', description: complaint.message }];
  return {
    code: 3,
    message: 'Invalid data in this request.',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations },
      {
        '@type': 'type.googleapis.com/google.rpc.Help',
        links: [{ description: 'API Documentation', url: 'https://www.freshbooks.com/api/webhooks' }],
      },
    ],
  };
}

/** Family D: online payments. */
export function onlinePayments({ status, complaint }: Refusal): object {
  if (status === 422) return { errors: [{ field: complaint.field ?? '', message: complaint.message }] };
  const types: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found' };
  return { error_type: types[status] ?? 'invalid', message: complaint.message };
}

/** Family E: the ledger. */
export function ledger({ status, complaint }: Refusal): object {
  const { field, message } = complaint;
  const reason = typeof field === 'string' ? `${field}: ${message}` : message;
  const details = [{ reason, metadata: { message, field: field ?? '' } }];
  return { errors: { message: `Request failed with status code ${status}`, status, details } };
}

function messageFor(status: number, complaint: Complaint): string {
  return status === 404 ? 'Requested resource could not be found.' : complaint.message;
}

function metadataOf({ object, message, value, field }: Complaint): object {
  return { object: object ?? '', message, value: value ?? '', field: field ?? '' };
}
