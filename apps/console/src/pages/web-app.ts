import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { isProgram } from '../http/failures.ts';
import { messagePage } from './door-pages.ts';

/** The pages of the console as apps/console-web is built: beside this app in source and in dist alike. */
const BUILT = new URL('../../../console-web/dist/', import.meta.url);
const ASSETS = 'app/';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Everything a browser is sent of the app. */
export interface WebApp {
  readonly index: string;
  /** By file name, which holds a hash of what is in it. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/** Reads the built app; null when it was not built. */
export async function readWebApp(): Promise<WebApp | null> {
  const index = await readFile(new URL('index.html', BUILT), 'utf8').catch(absent);
  if (index === null) return null;
  const names = (await readdir(new URL(ASSETS, BUILT))).filter((name) => extname(name) in TYPES);
  const assets = await Promise.all(names.map(async (name) => [name, await readAsset(name)] as const));
  return { index, assets: new Map(assets) };
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function readAsset(name: string): Promise<Asset> {
  const [plain, gzipped] = await Promise.all([
    readFile(new URL(`${ASSETS}${name}`, BUILT)),
    readFile(new URL(`${ASSETS}${name}.gz`, BUILT)),
  ]);
  return { type: TYPES[extname(name)] ?? '', plain, gzipped };
}

const FOREVER = 'private, max-age=31536000, immutable';

/** Serves the app to who is signed in: its files for ever, every page of its own as the one document that starts it. */
export function webAppRoutes(web: WebApp | null): Router {
  const router = Router();
  router.get(`/${ASSETS}:name`, (request, response, next) => {
    const asset = web?.assets.get(request.params.name);
    if (asset === undefined) {
      next();
      return;
    }
    const isZipped = request.acceptsEncodings('gzip') !== false;
    response.set({ 'Content-Type': asset.type, 'Cache-Control': FOREVER, Vary: 'Accept-Encoding' });
    if (isZipped) response.set('Content-Encoding', 'gzip');
    response.end(isZipped ? asset.gzipped : asset.plain);
  });
  router.get('/{*page}', pageOf(web));
  return router;
}

function pageOf(web: WebApp | null): RequestHandler {
  return (request, response, next) => {
    // A missing file is no page.
    if (isProgram(request) || extname(request.path) !== '') next();
    else if (web === null) response.status(503).type('html').send(NOT_BUILT);
    else response.type('html').send(web.index);
  };
}

const NOT_BUILT = messagePage({
  title: 'The console is not built',
  text: 'This deployment has no pages of the console. Its API and the command line work.',
  todo: 'Run npm run build.',
  signIn: false,
});
