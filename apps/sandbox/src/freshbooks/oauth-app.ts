/** An app registered with FreshBooks. */
export interface OauthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Empty: any redirect URI will do. */
  readonly redirectUris: readonly string[];
}

/** True when the app may be sent back to this address. */
export function allowsRedirect(app: OauthApp, redirectUri: string): boolean {
  return redirectUri !== '' && (app.redirectUris.length === 0 || app.redirectUris.includes(redirectUri));
}
