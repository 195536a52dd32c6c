import { withinMs } from '@mlc/platform/clock/within-ms';
import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import helmet from 'helmet';
import { INDEX_PAGE } from './index-page.ts';
import { refuseOtherSites, requireToken } from './require-token.ts';

/** What the console's shell is put together from. */
export interface ConsoleParts {
  readonly token: string;
  /** Served over TLS: browsers are told to stay with it. */
  readonly isSecure: boolean;
  readonly board: Router;
  /** Rejects when Postgres cannot be asked. */
  readonly checkStores: () => Promise<unknown>;
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  readonly onError: (error: unknown) => void;
}

/** Where Bull Board is. */
export const BOARD_PATH = '/queues';

const CHECK_MS_MAX = 2_000;

/** Scripts from this server only, none inline. Bull Board writes style attributes, hence the one exception. */
function securityHeaders(isSecure: boolean) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isSecure,
  });
}

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

/** The console's shell: health for everybody, everything else behind the admin token. */
export function consoleApp(parts: ConsoleParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders(parts.isSecure));
  addHealthRoutes(app, parts);
  app.use(requireToken(parts.token), refuseOtherSites);
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.get('/', (_request, response) => void response.type('html').send(INDEX_PAGE));
  app.use(BOARD_PATH, parts.board);
  app.use((_request, response) => void response.status(404).json({ error: 'not_found' }));
  const failed: ErrorRequestHandler = (error, _request, response, next) => {
    parts.onError(error);
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(500).json({ error: 'internal' });
  };
  app.use(failed);
  return app;
}
