/** One HTTP call. `headers` carry credentials and are never logged. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Safe to repeat: only these are retried inside the client (axios-retry), and only on network errors and 5xx. */
  readonly idempotentRead: boolean;
  /** The answer is bytes, not text: `body` then has one character per byte (latin1). */
  readonly binary?: boolean;
  /** A lower cap than the client's own on the answer, in bytes. */
  readonly maxBodyBytes?: number;
}

/** An answer of any status. `headers` have lower-case names. `body` is the decoded text, at most the cap. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why no usable answer came. `sent` is false only when it is certain that no byte of the request left. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly reason: 'connect' | 'timeout' | 'cut' | 'too-large' | 'redirect';
  readonly sent: boolean;

  constructor(reason: HttpFailure['reason'], sent: boolean, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.sent = sent;
  }
}

/** The one way out. Connect and total time-outs, body cap and no redirects are the adapter's business. */
export interface HttpClient {
  /** Resolves for every HTTP status; rejects with HttpFailure only. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Keeps one connection within its provider's rate, shared by all workers. */
export interface RateLimiter {
  /** Takes one call's worth. Returns 0 when the call may go now, else ms to wait before trying again. */
  take(): Promise<number>;
  /** The provider said 429: nobody calls on this connection for `waitMs`. */
  pause(waitMs: number): Promise<void>;
  /** How long to pause after a 429 that does not say for how long, in ms; a minute where it is left out. */
  readonly unsaidWaitMs?: number;
}
