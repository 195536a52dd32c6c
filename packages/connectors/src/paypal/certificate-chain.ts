import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { ConnectorError, type HttpClient, HttpFailure } from '@mlc/core';
import { issuerAddress } from './certificate-place.ts';

/** Whether a certificate leads to somebody we trust. */
export type Chain =
  | { readonly kind: 'trusted'; readonly untilMs: number }
  /** Not by one of the issuers in `PAYPAL_CERT_CA_FILE`, and nothing else counts then. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The chain could not be built here; PayPal itself may still vouch for the delivery. */
  | { readonly kind: 'unbuildable'; readonly why: string };

/** Builds chains; Node does not (paypal.md 3.3). */
export interface ChainBuilder {
  /** Never rejects for what the other side does. */
  build(leaf: X509Certificate, nowMs: number): Promise<Chain>;
}

/** How many issuers may stand between a certificate and its root. */
const ISSUERS_MAX = 3;
const ISSUER_BYTES_MAX = 16 * 1024;

/** With `caPem` its certificates are the only accepted issuers; without, roots are Node's (or `roots`) and issuers by AIA. */
export function chainBuilder(options: {
  readonly http: HttpClient;
  readonly caPem: string | null;
  readonly roots?: readonly string[];
}): ChainBuilder {
  const { http, caPem } = options;
  if (caPem !== null) {
    const accepted = certificatesIn(caPem);
    return { build: (leaf, nowMs) => Promise.resolve(byFile(leaf, accepted, nowMs)) };
  }
  const roots = rootsBySubject(options.roots ?? rootCertificates);
  return { build: (leaf, nowMs) => byAccess(leaf, { http, roots: roots(), nowMs }) };
}

/** @throws when there is none, or one that cannot be read. */
function certificatesIn(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const found = blocks.map((block) => new X509Certificate(block));
    if (found.length > 0) return found;
  } catch (cause) {
    throw new Error('PAYPAL_CERT_CA_FILE holds a certificate that cannot be read', { cause });
  }
  throw new Error('PAYPAL_CERT_CA_FILE holds no PEM certificate');
}

type Roots = ReadonlyMap<string, readonly X509Certificate[]>;

/** Some 140 certificates: read once, when the first chain is built. */
function rootsBySubject(pems: readonly string[]): () => Roots {
  let known: Map<string, X509Certificate[]> | undefined;
  return () => {
    if (known !== undefined) return known;
    known = new Map();
    for (const pem of pems) {
      const root = new X509Certificate(pem);
      known.set(root.subject, [...(known.get(root.subject) ?? []), root]);
    }
    return known;
  };
}

function byFile(leaf: X509Certificate, accepted: readonly X509Certificate[], nowMs: number): Chain {
  const issuer = accepted.find((candidate) => issued(candidate, leaf, nowMs));
  if (issuer !== undefined) return { kind: 'trusted', untilMs: Date.parse(issuer.validTo) };
  return { kind: 'refused', why: 'no certificate in PAYPAL_CERT_CA_FILE issued it' };
}

interface Sources {
  readonly http: HttpClient;
  readonly roots: Roots;
  readonly nowMs: number;
}

async function byAccess(leaf: X509Certificate, sources: Sources): Promise<Chain> {
  const { roots, nowMs } = sources;
  let certificate = leaf;
  let untilMs = Infinity;
  for (let issuers = 0; ; issuers += 1) {
    const subject = certificate;
    const root = (roots.get(subject.issuer) ?? []).find((candidate) => issued(candidate, subject, nowMs));
    if (root !== undefined) return { kind: 'trusted', untilMs: Math.min(untilMs, Date.parse(root.validTo)) };
    if (issuers === ISSUERS_MAX) return { kind: 'unbuildable', why: 'it leads to no trusted root' };
    const issuer = await fetchIssuer(subject, sources.http);
    if (typeof issuer === 'string') return { kind: 'unbuildable', why: issuer };
    if (!issued(issuer, subject, nowMs))
      return { kind: 'unbuildable', why: `${ISSUER} did not issue it, or is not valid now` };
    untilMs = Math.min(untilMs, Date.parse(issuer.validTo));
    certificate = issuer;
  }
}

const ISSUER = 'the certificate it names as its issuer';

/** Signed it, may sign certificates, and is valid now. */
function issued(issuer: X509Certificate, subject: X509Certificate, nowMs: number): boolean {
  return (
    issuer.ca && isValidAt(issuer, nowMs) && subject.checkIssued(issuer) && subject.verify(issuer.publicKey)
  );
}

/** Within its period of validity. */
export function isValidAt(certificate: X509Certificate, ms: number): boolean {
  return ms >= Date.parse(certificate.validFrom) && ms <= Date.parse(certificate.validTo);
}

/** The issuer, or why there is none. */
async function fetchIssuer(subject: X509Certificate, http: HttpClient): Promise<X509Certificate | string> {
  const url = issuerAddress(subject.infoAccess);
  if (url === null) return 'it names no issuer at cacerts.digicert.com';
  try {
    const { status, body } = await http.send({
      method: 'GET',
      url,
      headers: { Accept: '*/*' },
      idempotentRead: true,
      binary: true,
      maxBodyBytes: ISSUER_BYTES_MAX,
    });
    if (status !== 200) return `${ISSUER} could not be fetched: status ${status}`;
    return new X509Certificate(Buffer.from(body, 'latin1'));
  } catch (error) {
    if (error instanceof HttpFailure || error instanceof ConnectorError)
      return `${ISSUER} could not be fetched: ${error.message}`;
    return `${ISSUER} cannot be read`;
  }
}
