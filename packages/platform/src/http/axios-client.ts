import http from 'node:http';
import https from 'node:https';
import { types } from 'node:util';
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse, type Random } from '@mlc/core';
import axios, {
  type AxiosError,
  type AxiosInstance,
  type AxiosRequestConfig,
  type AxiosResponse,
} from 'axios';
import axiosRetry from 'axios-retry';
import { systemRandom } from '../clock/system.ts';
import { ConnectTimeoutError, watchedTransport, type Departure } from './request-watch.ts';

/** Limits of the way out. Times in ms, sizes in bytes. */
export interface HttpClientOptions {
  /** Goes into `User-Agent: ml-connector/<version>`. */
  readonly version: string;
  /** TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** The whole of one `send`: connecting, answer, body, retries and the waits between them. */
  readonly totalTimeoutMs?: number;
  /** Longest answer, after decompression. */
  readonly maxBodyBytes?: number;
  /** Extra tries of an idempotent read. */
  readonly readRetries?: number;
  /** First wait before a retry; doubles, with full jitter. */
  readonly retryBaseMs?: number;
  /** Sockets open to one host at a time. */
  readonly maxSocketsPerHost?: number;
  readonly random?: Random;
}

/** An HttpClient whose kept-alive sockets can be given back. */
export interface ClosableHttpClient extends HttpClient {
  close(): void;
}

type Limits = Required<HttpClientOptions>;

const DEFAULTS: Omit<Limits, 'version'> = {
  connectTimeoutMs: 5_000,
  totalTimeoutMs: 30_000,
  maxBodyBytes: 8 * 1024 * 1024,
  readRetries: 2,
  retryBaseMs: 200,
  maxSocketsPerHost: 64,
  random: systemRandom,
};

/**
 * Idle sockets are dropped before common servers drop them (Node's own default is 5 s): writing into a socket the other
 * side has just closed makes a write's outcome unknown for nothing.
 */
const IDLE_SOCKET_MS = 4_000;

const keepText = (text: unknown): unknown => text;

/** A settled answer. axios also attaches a response without a body to errors that struck while the body was read. */
function answerOf(error: AxiosError): AxiosResponse<string> | null {
  return typeof error.response?.data === 'string' ? (error.response as AxiosResponse<string>) : null;
}

function isTooLarge(error: AxiosError): boolean {
  return error.message.startsWith('maxContentLength');
}

/** Retried: broken connections and 5xx that do not name a wait of their own. Only asked for idempotent reads. */
function mayRetry(error: AxiosError): boolean {
  if (error.config?.signal?.aborted === true || isTooLarge(error)) return false;
  const answer = answerOf(error);
  return answer === null || (answer.status >= 500 && answer.headers['retry-after'] === undefined);
}

function createAxios(limits: Limits): AxiosInstance {
  const sockets = {
    keepAlive: true,
    timeout: IDLE_SOCKET_MS,
    maxSockets: limits.maxSocketsPerHost,
  };
  const instance = axios.create({
    httpAgent: new http.Agent(sockets),
    httpsAgent: new https.Agent(sockets),
    // The environment is read in config only; axios would take HTTP_PROXY by itself.
    proxy: false,
    maxRedirects: 0,
    maxContentLength: limits.maxBodyBytes,
    decompress: true,
    responseType: 'text',
    responseEncoding: 'utf8',
    transformRequest: [keepText],
    transformResponse: [keepText],
    headers: {
      'User-Agent': `ml-connector/${limits.version}`,
      Accept: 'application/json',
      'Accept-Encoding': 'gzip, deflate, br',
    },
  });
  axiosRetry(instance, {
    retries: 0,
    retryCondition: mayRetry,
    retryDelay: (attempt) => limits.random() * limits.retryBaseMs * 2 ** attempt,
  });
  return instance;
}

function flatten(response: AxiosResponse<string>): HttpResponse {
  const headers = Object.entries(response.headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : String(value),
  ]);
  return {
    status: response.status,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: response.data,
  };
}

/** `POST https://host/path`: the query stays out, it can hold personal data. */
function nameOf(request: HttpRequest): string {
  return `${request.method} ${request.url.split('?', 1)[0] ?? ''}`;
}

function reasonOf(error: AxiosError, timedOut: boolean, departure: Departure): HttpFailure['reason'] {
  if (timedOut) return 'timeout';
  if (isTooLarge(error)) return 'too-large';
  return departure.left ? 'cut' : 'connect';
}

/** The AxiosError itself is not kept as the cause: it holds the request's headers, and those hold credentials. */
function failureOf(error: unknown, request: HttpRequest, flight: Flight): HttpFailure {
  if (!axios.isAxiosError(error)) {
    return new HttpFailure('connect', flight.departure.left, `${nameOf(request)}: ${String(error)}`);
  }
  const reason = reasonOf(error, flight.abort.signal.aborted, flight.departure);
  const said = reason === 'timeout' ? 'the total time-out ran out' : error.message;
  const cause = types.isNativeError(error.cause) ? error.cause : undefined;
  const known = cause instanceof ConnectTimeoutError ? cause.message : said;
  return new HttpFailure(reason, flight.departure.left, `${nameOf(request)}: ${known}`, cause);
}

/** One `send` on its way. */
interface Flight {
  readonly abort: AbortController;
  readonly departure: Departure;
}

function toAxios(request: HttpRequest, flight: Flight, limits: Limits): AxiosRequestConfig<string> {
  return {
    method: request.method,
    url: request.url,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { data: request.body }),
    ...(request.binary === true ? { responseEncoding: 'latin1' } : {}),
    ...(request.maxBodyBytes === undefined ? {} : { maxContentLength: request.maxBodyBytes }),
    signal: flight.abort.signal,
    transport: watchedTransport({
      secure: request.url.startsWith('https:'),
      connectTimeoutMs: limits.connectTimeoutMs,
      departure: flight.departure,
    }),
    // axios-retry sees errors only, so a read's 5xx has to be one until the tries are used up.
    validateStatus: (status) => !request.idempotentRead || status < 500,
    'axios-retry': { retries: request.idempotentRead ? limits.readRetries : 0 },
  };
}

async function fly(instance: AxiosInstance, config: AxiosRequestConfig<string>): Promise<HttpResponse> {
  try {
    return flatten(await instance.request<string>(config));
  } catch (error) {
    const answer = axios.isAxiosError(error) ? answerOf(error) : null;
    if (answer === null) throw error;
    return flatten(answer);
  }
}

function refuseRedirect(response: HttpResponse, request: HttpRequest): HttpResponse {
  if (response.status < 300 || response.status > 399) return response;
  throw new HttpFailure('redirect', true, `${nameOf(request)}: answered ${response.status}, not followed`);
}

/**
 * The one way out to providers: axios with connect and total time-outs, a body cap, no redirects, kept-alive sockets,
 * and axios-retry for idempotent reads only. Answers of every status resolve; everything else is an HttpFailure whose
 * `sent` is false only when no byte can have left. Logs nothing.
 */
export function createHttpClient(options: HttpClientOptions): ClosableHttpClient {
  const limits: Limits = { ...DEFAULTS, ...options };
  const instance = createAxios(limits);
  return {
    async send(request) {
      const flight: Flight = { abort: new AbortController(), departure: { left: false } };
      const timer = setTimeout(() => flight.abort.abort(), limits.totalTimeoutMs);
      try {
        return refuseRedirect(await fly(instance, toAxios(request, flight, limits)), request);
      } catch (error) {
        throw error instanceof HttpFailure ? error : failureOf(error, request, flight);
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      (instance.defaults.httpAgent as http.Agent).destroy();
      (instance.defaults.httpsAgent as https.Agent).destroy();
    },
  };
}
