/** A refusal in the words of OAuth (freshbooks.md 1.6). */
export class OauthRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.name = 'OauthRefusal';
    this.status = status;
    this.code = code;
  }
}

/** Bad client id or secret: 401. */
export function invalidClient(): OauthRefusal {
  const description =
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
  return new OauthRefusal(401, 'invalid_client', description);
}

/** A spent, expired or unknown code or refresh token: 400. */
export function invalidGrant(): OauthRefusal {
  const description =
    'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.';
  return new OauthRefusal(400, 'invalid_grant', description);
}

/** No bearer token or a dead one, on any family: 401. */
export function unauthenticated(): OauthRefusal {
  return new OauthRefusal(401, 'unauthenticated', 'This action requires authentication to continue.');
}
