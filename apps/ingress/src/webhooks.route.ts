import type { Delivery, WebhookReader } from '@mlc/core';
import { type Express, type Request, type Response } from 'express';
import { type Answer, NOT_FOUND, refused, send, TOO_LARGE, UNAVAILABLE } from './answers.ts';
import { announcesTooMuch, discard, readBody } from './read-body.ts';
import { receiveDelivery, type Receiving } from './receive-delivery.ts';

/** What the webhook routes need. */
export interface WebhookRoutes extends Receiving {
  /** By provider; a provider without one is not there. */
  readonly readers: ReadonlyMap<string, WebhookReader>;
  /** Something that is ours or Postgres' to fix; the provider was asked to try again. */
  readonly onUnavailable: (error: unknown) => void;
  readonly answered: (provider: string, status: number) => void;
}

/** Connection ids are ours: anything else need not be looked up. */
const CONNECTION_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** `invoice.create`, or a bare noun. */
const PATH_EVENT = /^[A-Za-z0-9_.]{0,64}$/;

/** Where the providers post to (contract section 5); FreshBooks names the event in the path, one callback each. */
export function addWebhookRoutes(app: Express, routes: WebhookRoutes): void {
  addRoute(app, routes, 'gocardless', '/webhooks/gocardless/:connectionId');
  addRoute(app, routes, 'paypal', '/webhooks/paypal/:connectionId');
  addRoute(app, routes, 'freshbooks', '/webhooks/freshbooks/:connectionId/:event');
}

function addRoute(app: Express, routes: WebhookRoutes, provider: string, path: string): void {
  const reader = routes.readers.get(provider);
  if (reader === undefined) return;
  app.post(path, (request: Request, response: Response) => {
    void answerTo(routes, reader, request).then((answer) => {
      if (answer === null) return;
      routes.answered(provider, answer.status);
      send(response, answer);
    });
  });
}

/** Never rejects. null: the sender has gone, nobody reads an answer. */
async function answerTo(
  routes: WebhookRoutes,
  reader: WebhookReader,
  request: Request,
): Promise<Answer | null> {
  try {
    const refusal = refuseByHeaders(reader, request);
    if (refusal !== null) return unread(request, refusal);
    const { connectionId = '', event = '' } = request.params as { connectionId?: string; event?: string };
    if (!CONNECTION_ID.test(connectionId) || !PATH_EVENT.test(event)) return unread(request, NOT_FOUND);
    // Listening before anything is awaited: otherwise Node buffers the body and hands it over more slowly.
    const body = readBody(request);
    const known = routes.connections.peek(reader.provider, connectionId);
    const connection =
      known === undefined ? await routes.connections.read(reader.provider, connectionId) : known;
    if (connection === null) return NOT_FOUND;
    const rawBody = await body;
    if (rawBody === 'aborted') return null;
    if (rawBody === 'too-large') return TOO_LARGE;
    const headers = request.headers as Delivery['headers'];
    const { environment = 'live' } = connection;
    const delivery = { rawBody, headers, pathEvent: event, environment };
    return await receiveDelivery(routes, reader, connection, delivery);
  } catch (error) {
    routes.onUnavailable(error);
    return unread(request, UNAVAILABLE);
  }
}

function refuseByHeaders(reader: WebhookReader, request: Request): Answer | null {
  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (!reader.mediaTypes.includes(mediaType))
    return refused(415, 'unsupported_media_type', `send ${reader.mediaTypes.join(' or ')}`);
  if (encoding !== 'identity')
    return refused(415, 'unsupported_content_encoding', 'send the body uncompressed');
  return announcesTooMuch(request) ? TOO_LARGE : null;
}

/** For an answer given without reading the body to its end. */
function unread(request: Request, answer: Answer): Answer {
  discard(request);
  return answer;
}
