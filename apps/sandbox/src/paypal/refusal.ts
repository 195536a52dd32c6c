/** One entry of an error's `details`. */
export interface Issue {
  readonly issue: string;
  readonly description?: string;
  readonly field?: string;
  readonly value?: string;
  readonly location?: 'body' | 'path' | 'query' | 'header';
}

/** Status and message of each error name of the current APIs (paypal.md 1.3). */
const NAMED = {
  INVALID_REQUEST: [400, 'Request is not well-formed, syntactically incorrect, or violates schema.'],
  RESULTSET_TOO_LARGE: [
    400,
    'Result set size is greater than the maximum limit. Change the filter criteria and try again.',
  ],
  AUTHENTICATION_FAILURE: [
    401,
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  ],
  NOT_AUTHORIZED: [403, 'Authorization failed due to insufficient permissions.'],
  RESOURCE_NOT_FOUND: [404, 'The specified resource does not exist.'],
  RESOURCE_CONFLICT: [409, 'The server has detected a conflict while processing this request.'],
  UNSUPPORTED_MEDIA_TYPE: [415, "The server does not support the request payload's media type."],
  UNPROCESSABLE_ENTITY: [
    422,
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  ],
  RATE_LIMIT_REACHED: [429, 'Too many requests. Blocked due to rate limiting.'],
  INTERNAL_SERVER_ERROR: [500, 'An internal server error occurred.'],
  SERVICE_UNAVAILABLE: [503, 'Service Unavailable.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorName = keyof typeof NAMED;

/** A refusal on its way to being answered; `body` is asked with the debug id of the request, undefined means none. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly body: (debugId: string) => unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    answer: { body: (debugId: string) => unknown; headers?: Record<string, string> },
  ) {
    super(message);
    this.status = status;
    this.body = answer.body;
    this.headers = answer.headers ?? {};
  }
}

/** A refusal of the current APIs. `more` adds members, such as `total_items`. */
export function refuse(
  name: ErrorName,
  details: readonly Issue[] = [],
  { status, message, more = {} }: { status?: number; message?: string; more?: object } = {},
): Refusal {
  const [usualStatus, usualMessage] = NAMED[name];
  const text = message ?? usualMessage;
  const links = details.map(({ issue }) => ({
    href: `https://developer.paypal.com/api/rest/responses/#error-${issue}`,
    rel: 'information_link',
    method: 'GET',
  }));
  const why = details
    .map(({ issue, field }) => (field === undefined ? issue : `${issue} (${field})`))
    .join(', ');
  return new Refusal(status ?? usualStatus, why === '' ? text : `${text} ${why}`, {
    body: (debug_id) => ({ name, message: text, debug_id, details, links, ...more }),
  });
}

/** No such thing under this path: 404. */
export function unknownId(): Refusal {
  const description = 'Specified resource ID does not exist. Please check the resource ID and try again.';
  return refuse('RESOURCE_NOT_FOUND', [{ issue: 'INVALID_RESOURCE_ID', description }]);
}

/** The business says no: 422 with one issue. */
export function unprocessable(issue: string, extra: Omit<Issue, 'issue'> = {}): Refusal {
  return refuse('UNPROCESSABLE_ENTITY', [{ issue, ...extra }]);
}

/** Malformed: 400 with one issue. */
export function malformed(issue: string, extra: Omit<Issue, 'issue'> = {}): Refusal {
  return refuse('INVALID_REQUEST', [{ issue, ...extra }]);
}

/** The older vocabulary of webhooks v1 and payments v1: `information_link` is a text (paypal.md 4.3). */
export function oldRefusal(
  status: number,
  name: string,
  message: string,
  details: readonly { field: string; issue: string }[] = [],
): Refusal {
  const information_link = `https://developer.paypal.com/docs/api/webhooks/#${name}`;
  return new Refusal(status, message, {
    body: (debug_id) => ({
      name,
      message,
      debug_id,
      information_link,
      ...(details.length > 0 && { details }),
    }),
  });
}

/** 400 of the older vocabulary about one field. */
export function validationError(field: string, issue: string): Refusal {
  return oldRefusal(400, 'VALIDATION_ERROR', 'Invalid data provided', [{ field, issue }]);
}

/** The identity family: no `name`, no `debug_id` (paypal.md 1.2). */
export function identityRefusal(status: number, error: string, error_description: string): Refusal {
  return new Refusal(status, error_description, { body: () => ({ error, error_description }) });
}

/** A status and nothing else. */
export function silent(status: number, headers: Record<string, string> = {}): Refusal {
  return new Refusal(status, `status ${status}`, { body: () => undefined, headers });
}
