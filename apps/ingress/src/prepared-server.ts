import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import express, { type Express } from 'express';

/** Time-outs of the server in ms; a webhook is small and its sender is a server, so they are short. */
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 15_000;
/** Longer than the usual idle time-out of a load balancer (60 s), so that it is the one to close. */
const KEEP_ALIVE_MS = 65_000;
const CHECK_INTERVAL_MS = 2_000;
const HEADER_BYTES_MAX = 16 * 1024;

/**
 * An HTTP server whose requests and responses are born with Express' prototypes. Express sets them on every request,
 * which makes Node run both objects unoptimised and costs three quarters of a bare request; like this it finds them set
 * and nothing changes (toolchain.md "Ingress", bench/README.md).
 */
export function preparedServer(app: Express): Server {
  class PreparedRequest extends IncomingMessage {}
  class PreparedResponse extends ServerResponse {}
  adopt(PreparedRequest, express.request, app);
  adopt(PreparedResponse, express.response, app);
  Object.assign(app, { request: PreparedRequest.prototype, response: PreparedResponse.prototype });
  const server = createServer(
    {
      IncomingMessage: PreparedRequest,
      ServerResponse: PreparedResponse as typeof ServerResponse,
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      noDelay: true,
    },
    app,
  );
  return server;
}

/** Puts Express' prototype, which itself extends Node's, behind the class, and `app` where `express()` puts it. */
function adopt(prepared: { prototype: object }, expressPrototype: object, app: Express): void {
  Object.setPrototypeOf(prepared.prototype, expressPrototype);
  Object.defineProperty(prepared.prototype, 'app', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: app,
  });
}
