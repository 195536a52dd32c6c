/** A pair of OAuth tokens as last issued. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

/** Access tokens of one connection, refreshed by one process at a time (design section 10). */
export interface AccessTokens {
  /** A token that is not about to expire. Rejects with ConnectorError `unauthorised` when a person has to re-authorise. */
  current(): Promise<string>;
  /** The provider answered 401 to `rejected`: a newer one, refreshed unless somebody already did. */
  replacing(rejected: string): Promise<string>;
}
