import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** An answer as the contract (section 5) knows it: always JSON. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterS?: number;
}

/** `Retry-After` of a 503: providers with a schedule of their own ignore it, others come back soon. */
const RETRY_AFTER_S = 5;

const ONE_NEW: Answer = { status: 200, body: '{"accepted":1,"duplicates":0}' };

/** 200: every event of the delivery is committed. */
export function accepted(count: { readonly accepted: number; readonly duplicates: number }): Answer {
  if (count.accepted === 1 && count.duplicates === 0) return ONE_NEW;
  return { status: 200, body: `{"accepted":${count.accepted},"duplicates":${count.duplicates}}` };
}

/** `error` is a word for programs, `detail` a sentence for people. */
export function refused(status: number, error: string, detail?: string): Answer {
  return { status, body: JSON.stringify(detail === undefined ? { error } : { error, detail }) };
}

export const INVALID_SIGNATURE = refused(401, 'invalid_signature');
export const NOT_FOUND = refused(404, 'not_found');
export const TOO_LARGE = refused(413, 'body_too_large', 'the body is larger than 1 MiB');

/** 503: Postgres cannot commit (or nobody can look); the provider must try again. */
export const UNAVAILABLE: Answer = { ...refused(503, 'unavailable'), retryAfterS: RETRY_AFTER_S };

/** Security headers of an API that serves no page, as name, value, name, value…: helmet's, asked once. */
const SECURITY_HEADERS: readonly string[] = helmetHeaders();

function helmetHeaders(): string[] {
  const request = new IncomingMessage(new Socket());
  const probe = new ServerResponse(request);
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // These speak to browsers about pages and downloads; here there is only JSON for programs, and each costs time.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  setHeaders(request, probe, () => undefined);
  return Object.entries(probe.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
}

const JSON_HEADERS: readonly string[] = [
  ...SECURITY_HEADERS,
  'cache-control',
  'no-store',
  'content-type',
  'application/json; charset=utf-8',
];

/** Sends the answer in one write. */
export function send(response: ServerResponse, answer: Answer): void {
  const headers = [...JSON_HEADERS, 'content-length', String(Buffer.byteLength(answer.body))];
  if (answer.retryAfterS !== undefined) headers.push('retry-after', String(answer.retryAfterS));
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** Sends text that is not JSON, e.g. metrics. */
export function sendText(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, [...SECURITY_HEADERS, 'content-type', contentType]);
  response.end(text);
}
