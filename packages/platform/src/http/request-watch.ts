import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** Whether any byte of a request could have left this machine. Starts certain that none did. */
export interface Departure {
  left: boolean;
}

/** Raised when TCP and TLS were not through in time: nothing was sent. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  readonly code = 'MLC_CONNECT_TIMEOUT';
}

type OnResponse = (response: IncomingMessage) => void;

/** What axios calls to open a request (its `transport` option). */
export interface WatchedTransport {
  request(options: RequestOptions, onResponse: OnResponse): ClientRequest;
}

function watchConnecting(request: ClientRequest, socket: Socket, watch: Watch): void {
  const timer = setTimeout(() => {
    request.destroy(new ConnectTimeoutError(`no connection within ${watch.connectTimeoutMs} ms`));
  }, watch.connectTimeoutMs);
  const stop = (): void => clearTimeout(timer);
  request.once('close', stop);
  socket.once(watch.secure ? 'secureConnect' : 'connect', () => {
    stop();
    watch.departure.left = true;
  });
}

interface Watch {
  readonly secure: boolean;
  readonly connectTimeoutMs: number;
  readonly departure: Departure;
}

/**
 * Node's own request, watched. Node writes the request the moment its socket is ready (TCP, for https also TLS), so
 * until then nothing left; a reused socket is ready at once.
 */
export function watchedTransport(watch: Watch): WatchedTransport {
  const native = watch.secure ? https : http;
  return {
    request(options, onResponse) {
      const request = native.request(options, onResponse);
      request.once('socket', (socket: Socket) => {
        if (socket.connecting) watchConnecting(request, socket, watch);
        else watch.departure.left = true;
      });
      return request;
    },
  };
}
