import { createHash, randomBytes } from 'node:crypto';

/** An access token that looks like the real thing: about 1,000 characters with the claims inside, signed by nobody. */
export function accessTokenText(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jti = randomBytes(16).toString('hex');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, jti })}.${randomBytes(256).toString('base64url')}`;
}

/** 64 hexadecimal digits: a code or a refresh token. */
export function secretText(): string {
  return randomBytes(32).toString('hex');
}

/** The S256 challenge of a PKCE verifier. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
