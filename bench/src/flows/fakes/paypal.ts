import { captureOf, orderOf } from './shapes.ts';
import type { Answer, Call, World } from './world.ts';

/** The REST API as far as the three flows ask it. */
export function paypal(world: World, { method, path }: Call): Answer {
  const [, version, family, kind, id] = path.split('/');
  if (path === '/v1/oauth2/token') {
    // Once a connection and nine hours, not once a job.
    return [
      200,
      {
        access_token: 'A21AAbench',
        token_type: 'Bearer',
        app_id: 'APP-80W284485P519543T',
        expires_in: 31_668,
        scope: 'https://uri.paypal.com/services/reporting/search/read',
      },
    ];
  }
  world.count(`${method} paypal ${String(kind)}${id === undefined ? '' : '/:id'}`);
  if (version === 'v2' && family === 'payments' && kind === 'captures' && id !== undefined)
    return [200, captureOf(id)];
  if (version === 'v2' && kind === 'orders' && id !== undefined) return [200, orderOf(id)];
  if (kind === 'transactions')
    return [200, { transaction_details: [], page: 1, total_items: 0, total_pages: 0, links: [] }];
  return [
    404,
    { name: 'RESOURCE_NOT_FOUND', message: `the bench has no ${path}`, debug_id: 'bench', details: [] },
  ];
}
