import type { Server } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { NOT_FOUND, refused, send } from './answers.ts';
import { addHealthRoutes, type Health } from './health.route.ts';
import { preparedServer } from './prepared-server.ts';
import { addWebhookRoutes, type WebhookRoutes } from './webhooks.route.ts';

/** What the ingress is made of; `composeIngress` puts the real ones together. */
export interface IngressParts extends WebhookRoutes, Health {
  /** Something nobody foresaw. */
  readonly onError: (error: unknown) => void;
}

/** The ingress as an HTTP server that does not listen yet. */
export function ingressApp(parts: IngressParts): { readonly app: Express; readonly server: Server } {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  addWebhookRoutes(app, parts);
  addHealthRoutes(app, parts);
  app.use((_request: Request, response: Response) => send(response, NOT_FOUND));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const status = statusOf(error);
    if (status >= 500) parts.onError(error);
    if (response.headersSent) response.destroy();
    else send(response, refused(status, status >= 500 ? 'internal' : 'bad_request'));
  });
  return { app, server: preparedServer(app) };
}

/** Express marks what the sender did wrong (a malformed path) with a 4xx. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 500;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
