/** One entry of `error.errors` (gocardless.md 1.8). `validation_failed` entries have field and pointer, no reason. */
export interface ErrorEntry {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
  readonly request_pointer?: string;
  readonly links?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

type ErrorType = 'gocardless' | 'invalid_api_usage' | 'invalid_state' | 'validation_failed';

interface Refused {
  readonly status: number;
  readonly type: ErrorType;
  readonly message: string;
  readonly errors: readonly ErrorEntry[];
  /** Last part of the documentation address. */
  readonly slug: string;
}

/** A request GoCardless turns down. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}

/** The body of an error answer. */
export function errorBody({ status, type, message, errors, slug }: Refused, requestId: string): object {
  const documentation_url = `https://developer.gocardless.com/api-reference#${slug}`;
  return { error: { message, documentation_url, type, request_id: requestId, code: status, errors } };
}

/** A refusal with one machine-readable reason. */
function refuse(status: number, type: ErrorType, reason: string, message: string): Refusal {
  return new Refusal({ status, type, message, errors: [{ reason, message }], slug: reason });
}

export function apiUsage(status: number, reason: string, message: string): Refusal {
  return refuse(status, 'invalid_api_usage', reason, message);
}

/** 422 invalid_state, or 409 for the conflicts; `links` name the resource to use instead. */
export function invalidState(
  reason: string,
  message: string,
  links?: Readonly<Record<string, string>>,
  status = 422,
): Refusal {
  const entry = links === undefined ? { reason, message } : { reason, message, links };
  return new Refusal({ status, type: 'invalid_state', message, errors: [entry], slug: reason });
}

export function notFound(): Refusal {
  return apiUsage(404, 'resource_not_found', 'Resource not found');
}

export function validationFailed(errors: readonly ErrorEntry[]): Refusal {
  const message = 'Validation failed';
  return new Refusal({ status: 422, type: 'validation_failed', message, errors, slug: 'validation_failed' });
}

/** Missing or wrongly typed parameters: 422 but not `validation_failed` (1.8). */
export function wronglyTyped(errors: readonly ErrorEntry[]): Refusal {
  const message = 'One of your parameters was incorrectly typed';
  return new Refusal({ status: 422, type: 'invalid_api_usage', message, errors, slug: 'invalid_type' });
}

export function idempotencyConflict(existingId: string): Refusal {
  const message = 'A resource has already been created with this idempotency key';
  return invalidState('idempotent_creation_conflict', message, { conflicting_resource_id: existingId }, 409);
}

export function rateLimited(): Refusal {
  return apiUsage(429, 'rate_limit_exceeded', 'Rate limit exceeded');
}

export function internalError(status = 500): Refusal {
  return refuse(status, 'gocardless', 'internal_server_error', 'Internal server error');
}
