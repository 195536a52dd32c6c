import { withinMs } from '@mlc/platform/clock/within-ms';
import express, { type Express, type RequestHandler, type Router } from 'express';
import { API_PATH, openApiDocument } from './api/document.ts';
import type { ApiParts } from './api/parts.ts';
import { apiRouter, callerOf, correlate } from './api/pipeline.ts';
import { ROUTES } from './api/routes.ts';
import { boardGuard } from './board/guard.ts';
import { accountRoutes } from './door/account-routes.ts';
import { type Door, isSecure } from './door/door.ts';
import { doorRoutes } from './door/door-routes.ts';
import { ownPagesOnly } from './door/guards.ts';
import { bearerOf, identify } from './door/identify.ts';
import { linkRoutes } from './door/link-routes.ts';
import { setUpRoutes } from './door/set-up-routes.ts';
import { oauthRoute } from './oauth/oauth-route.ts';
import { failures, isProgram } from './http/failures.ts';
import { Problem } from './http/problem.ts';
import { boardHeaders, securityHeaders } from './http/security-headers.ts';
import { PASSKEY_SCRIPT } from './pages/passkey-script.ts';
import { problemsPage } from './pages/problems-page.ts';
import { STYLE } from './pages/style.ts';
import { type WebApp, webAppRoutes } from './pages/web-app.ts';

/** What the console's shell is put together from. */
export interface ConsoleParts {
  readonly door: Door;
  readonly api: ApiParts;
  readonly board: Router;
  /** The pages for who is signed in; null when they were not built. */
  readonly web: WebApp | null;
  /** Whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Rejects when Postgres cannot be asked. */
  readonly checkStores: () => Promise<unknown>;
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  readonly onError: (error: unknown, correlationId: string) => void;
}

/** Where Bull Board is. */
export const BOARD_PATH = '/queues';

const CHECK_MS_MAX = 2_000;

function addHealthRoutes(app: Express, { checkStores, metrics }: ConsoleParts): void {
  app.get('/livez', (_request, response) => void response.json({ live: true }));
  app.get('/readyz', async (_request, response) => {
    const isReady = await withinMs(checkStores(), CHECK_MS_MAX).then(
      () => true,
      () => false,
    );
    response.status(isReady ? 200 : 503).json({ ready: isReady });
  });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
}

function addAssets(app: Express): void {
  const cached = 'public, max-age=300';
  app.get('/assets/console.css', (_request, response) => {
    response.type('css').set('Cache-Control', cached).send(STYLE);
  });
  app.get('/assets/passkey.js', (_request, response) => {
    response.type('js').set('Cache-Control', cached).send(PASSKEY_SCRIPT);
  });
}

const uncached: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** Who is not signed in is shown the way in; programs are told. */
function signedInOnly(door: Door): RequestHandler {
  return async (request, response, next) => {
    const caller = await identify(door, request);
    if (caller !== null) {
      response.locals['caller'] = caller;
      next();
      return;
    }
    const isPage = request.method === 'GET' && bearerOf(request) === null && !request.path.startsWith('/api');
    if (isPage) {
      response.redirect(303, `/sign-in?to=${encodeURIComponent(request.originalUrl)}`);
      return;
    }
    response.set('WWW-Authenticate', 'Bearer realm="ml-connector"');
    throw new Problem('unauthorised', 'Sign in, or send a token that works as Bearer.');
  };
}

function addPages(app: Express, { api, door }: ConsoleParts): void {
  app.get('/problems', (_request, response) => {
    response.type('html').send(problemsPage(callerOf(response)));
  });
  app.use(accountRoutes(door), oauthRoute(api));
}

function addApi(app: Express, { api, door }: ConsoleParts): void {
  const document = JSON.stringify(openApiDocument(ROUTES));
  app.get(`${API_PATH}/openapi.json`, (_request, response) => {
    response.type('json').send(document);
  });
  app.use(API_PATH, apiRouter({ parts: api, door }, ROUTES));
}

/** The console's shell: health for everybody, the door's own pages, everything else for who is signed in. */
export function consoleApp(parts: ConsoleParts): Express {
  const { door } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', [...parts.trustedProxies]);
  app.use(correlate, securityHeaders(isSecure(door)));
  addHealthRoutes(app, parts);
  app.use(ownPagesOnly(door));
  addAssets(app);
  app.use(uncached, doorRoutes(door), linkRoutes(door), setUpRoutes(door), signedInOnly(door));
  app.use(BOARD_PATH, boardGuard(door.desk), boardHeaders(), parts.board);
  addPages(app, parts);
  addApi(app, parts);
  app.use(webAppRoutes(parts.web));
  app.use((request) => {
    throw new Problem('not-found', isProgram(request) ? 'There is no such path.' : 'There is no such page.');
  });
  app.use(failures(parts.onError));
  return app;
}
