/** Whose certificates are accepted: where they are, and the exact name on them. */
export interface CertificateTrust {
  /** Ends with a slash. */
  readonly prefix: URL;
  readonly name: string;
}

/** PayPal's own by environment (paypal.md 3.3): the classic `api.` host in both. */
const HOSTS: Readonly<Record<string, string>> = { live: 'paypal.com', sandbox: 'sandbox.paypal.com' };

/** As configured (`PAYPAL_CERT_URL_PREFIX`, `PAYPAL_CERT_NAME`); null means PayPal's own. */
export interface ConfiguredTrust {
  readonly certUrlPrefix: string | null;
  readonly certName: string | null;
}

/** The trust of connections of one environment. @throws when the configured prefix is no plain address. */
export function trustFor(environment: string, configured: ConfiguredTrust): CertificateTrust {
  const domain = HOSTS[environment] ?? 'paypal.com';
  return {
    prefix: prefixOf(configured.certUrlPrefix ?? `https://api.${domain}/v1/notifications/certs/`),
    name: configured.certName ?? `messageverificationcerts.${domain}`,
  };
}

function prefixOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !isPlain(url)) {
    throw new Error(
      'PAYPAL_CERT_URL_PREFIX must be an http:// or https:// address without user, query and fragment',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function isPlain(url: URL): boolean {
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** The file name of a certificate, e.g. `CERT-360caa42-fca2a594-1a5f47cb`: no dots, slashes or escapes. */
const FILE = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * True when the address is a file directly under the prefix and written exactly as it parses: scheme, host and port are
 * the prefix' own, nothing is hidden in a user part, query, escape or `..`. Nothing else is ever asked for.
 */
export function isUnderPrefix(text: string, prefix: URL): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.href !== text || !isPlain(url) || url.origin !== prefix.origin) return false;
  return url.pathname.startsWith(prefix.pathname) && FILE.test(url.pathname.slice(prefix.pathname.length));
}

const ISSUER_HOST = 'cacerts.digicert.com';

/**
 * Where a certificate says its issuer is (AIA, "CA Issuers"), when that is on DigiCert's server, the only one asked
 * (contract section 3). Plain http is how they are named; what comes back is proven by its signatures.
 */
export function issuerAddress(infoAccess: string | undefined): string | null {
  const named = (infoAccess ?? '')
    .split('\n')
    .map((line) => /^CA Issuers - URI:(\S+)$/.exec(line.trim())?.[1] ?? '');
  return named.find(isIssuerAddress) ?? null;
}

function isIssuerAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.href !== text || !isPlain(url) || url.port !== '') return false;
  return url.hostname === ISSUER_HOST && /^https?:$/.test(url.protocol) && /^\/[\w.-]+$/.test(url.pathname);
}
