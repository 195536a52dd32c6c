import express from 'express';
import type { Request, Response, Router } from 'express';
import { bearerOf } from './access.ts';
import { isBody } from './body.ts';
import { meWire } from './me.ts';
import { OauthRefusal } from './oauth-refusal.ts';
import { grantedScopes } from './scopes.ts';
import { allowsRedirect } from './oauth-app.ts';
import type { TokenForm } from './tokens.ts';
import type { World } from './world.ts';

/** Token, revoke, authorize, metadata and users/me (freshbooks.md 1). Both hosts of FreshBooks are this one. */
export function oauthRoutes(world: World): Router {
  const router = express.Router();
  const forms = [express.json(), express.urlencoded({ extended: false })];
  router.post(['/auth/oauth/token', '/service/auth/oauth/token'], forms, (req: Request, res: Response) => {
    res.json(world.tokens.answer(formOf(req)));
  });
  router.post(['/auth/oauth/revoke', '/service/auth/oauth/revoke'], forms, (req: Request, res: Response) => {
    world.tokens.revoke(formOf(req));
    res.json({});
  });
  router.get(['/oauth/authorize', '/oauth/authorize/', '/service/auth/oauth/authorize'], (req, res) => {
    authorize(world, req, res);
  });
  router.get('/auth/api/v1/users/me', (req, res) => {
    const { identityId } = bearerOf(world, req);
    const owned = [...world.accounts.values()].filter(({ business }) => business.identityId === identityId);
    res.json({ response: meWire(identityId, owned, world.switches.decoyMemberships) });
  });
  router.get('/.well-known/oauth-authorization-server', (req, res) => {
    res.json(metadata(`${req.protocol}://${req.get('host') ?? 'localhost'}`));
  });
  return router;
}

/** Credentials may come in the body or as HTTP Basic. */
function formOf(req: Request): TokenForm {
  const body: unknown = req.body;
  const fields = isBody(body)
    ? Object.entries(body).map(([key, value]) => [key, String(value)] as const)
    : [];
  const basic = /^Basic (.+)$/i.exec(req.get('authorization') ?? '')?.[1];
  if (basic === undefined) return Object.fromEntries(fields);
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const credentials = { client_id: decodeURIComponent(id), client_secret: decodeURIComponent(secret) };
  return { ...Object.fromEntries(fields), ...credentials };
}

/** Consents at once, as the owner of the first business or as `identity_id`, and sends the browser back. */
function authorize(world: World, req: Request, res: Response): void {
  const query = new URL(req.originalUrl, 'http://sandbox').searchParams;
  const app = world.tokens.app(query.get('client_id') ?? '');
  // The real one was seen to answer an unknown client with 500.
  if (app === undefined) throw new OauthRefusal(500, 'internal_server_error', 'internal server error');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (query.get('response_type') !== 'code' || !allowsRedirect(app, redirectUri)) {
    throw new OauthRefusal(400, 'invalid_request', 'The redirect URI or the response type is not valid.');
  }
  const scopes = grantedScopes(query.get('scope'));
  const target = new URL(redirectUri);
  if (scopes === null) {
    target.searchParams.set('error', 'invalid_scope');
    const description = 'The requested scope is invalid, unknown, or malformed.';
    target.searchParams.set('error_description', description);
  } else {
    const identityId = Number(query.get('identity_id') ?? world.firstIdentityId());
    const challenge = query.get('code_challenge');
    target.searchParams.set(
      'code',
      world.tokens.issueCode({ app, identityId, scopes, redirectUri, challenge }),
    );
  }
  const state = query.get('state');
  if (state !== null) target.searchParams.set('state', state);
  res.redirect(302, target.href);
}

function metadata(origin: string): object {
  const at = (name: string): string => `${origin}/service/auth/oauth/${name}`;
  return {
    issuer: origin,
    authorization_endpoint: at('authorize'),
    token_endpoint: at('token'),
    revocation_endpoint: at('revoke'),
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  };
}
