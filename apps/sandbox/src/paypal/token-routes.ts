import express from 'express';
import type { Request, Router } from 'express';
import { identityRefusal } from './refusal.ts';
import type { TokenDesk } from './tokens.ts';

/** `POST /v1/oauth2/token`: Basic credentials and a form (paypal.md 1.1). */
export function tokenRoutes(tokens: TokenDesk): Router {
  const router = express.Router();
  router.post('/v1/oauth2/token', express.urlencoded({ extended: false }), (req, res) => {
    const { clientId, clientSecret } = basicCredentials(req);
    const form = (req.body ?? {}) as Record<string, unknown>;
    const grant = tokens.grant(clientId, clientSecret);
    if (form['grant_type'] === undefined)
      throw identityRefusal(400, 'invalid_request', 'grant_type is a required parameter');
    if (form['grant_type'] !== 'client_credentials')
      throw identityRefusal(400, 'unsupported_grant_type', 'Grant Type is NULL');
    res.json(tokens.answer(grant));
  });
  return router;
}

function basicCredentials(req: Request): { clientId: string; clientSecret: string } {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(req.get('authorization') ?? '')?.[1] ?? '';
  const [clientId = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId, clientSecret: rest.join(':') };
}
