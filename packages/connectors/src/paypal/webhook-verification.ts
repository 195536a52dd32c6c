import type { X509Certificate } from 'node:crypto';
import type { Clock, Delivery, HttpClient, Verification } from '@mlc/core';
import { chainBuilder, isValidAt } from './certificate-chain.ts';
import { type CertificateTrust, type ConfiguredTrust, isUnderPrefix, trustFor } from './certificate-place.ts';
import { type CertificateShelf, certificateShelf, type ShelvedCertificate } from './certificate-shelf.ts';
import { type UsedTransmissions, usedTransmissions } from './used-transmissions.ts';
import { readSignedHeaders, type SignedHeaders } from './webhook-headers.ts';
import { postbackBody } from './webhook-postback.ts';
import { signedWebhookId, usableWebhookIds } from './webhook-signature.ts';

/** Asks PayPal for its verdict on the app that owns `webhookId`; null when no connection has that id. */
export type VerifyByPaypal = (webhookId: string, requestBody: string) => Promise<boolean | null>;

/** What verifying takes. */
export interface PaypalWebhookOptions extends ConfiguredTrust {
  /** Without redirects and with short time-outs: a delivery waits for it. */
  readonly http: HttpClient;
  readonly clock: Clock;
  /** The text of `PAYPAL_CERT_CA_FILE`; null: issuers by AIA, roots of Node. */
  readonly certCaPem: string | null;
  /** For the case that the chain cannot be built here. */
  readonly verifyByPaypal?: VerifyByPaypal;
  /** PEM certificates instead of Node's roots. */
  readonly trustedRoots?: readonly string[];
}

/** PayPal tries again for 3 days (paypal.md 4.1), perhaps under the first transmission time; a day for slow clocks. */
const OLDEST_MS = 4 * 24 * 60 * 60 * 1000;
/** Only PayPal can sign a time, so one ahead of ours means that our clock is slow. */
const AHEAD_MS = 24 * 60 * 60 * 1000;
const KEY_BITS_MIN = 2048;
const IDS_MAX = 10;
/** PayPal's bodies end with the object; many blanks after it are how a CRC-32 is forged most easily (paypal.md 3.6). */
const BLANKS_MAX = 2;

interface Parts {
  readonly options: PaypalWebhookOptions;
  readonly shelf: CertificateShelf;
  readonly used: UsedTransmissions;
  readonly trusts: Readonly<Record<'live' | 'sandbox', CertificateTrust>>;
}

/** `WebhookReader.verify` for PayPal. @throws when the configured addresses or issuers cannot be used. */
export function paypalVerification(
  options: PaypalWebhookOptions,
): (delivery: Delivery, secrets: readonly string[]) => Promise<Verification> {
  const { http, clock, certCaPem: caPem, trustedRoots: roots } = options;
  const chains = chainBuilder({ http, caPem, ...(roots === undefined ? {} : { roots }) });
  const parts: Parts = {
    options,
    shelf: certificateShelf({ http, clock, chains }),
    used: usedTransmissions(),
    trusts: { live: trustFor('live', options), sandbox: trustFor('sandbox', options) },
  };
  return async (delivery, secrets) => {
    const why = await whyRefused(parts, delivery, secrets);
    return why === null ? { ok: true } : { ok: false, why };
  };
}

/** null when authentic. Everything that needs no fetching comes first. */
async function whyRefused(
  parts: Parts,
  delivery: Delivery,
  secrets: readonly string[],
): Promise<string | null> {
  const webhookIds = usableWebhookIds(secrets).slice(0, IDS_MAX);
  if (webhookIds.length === 0)
    return 'this connection has no webhook id: apply one or run mlc webhooks register';
  const headers = readSignedHeaders(delivery.headers);
  if (typeof headers === 'string') return headers;
  const nowMs = parts.options.clock.now().getTime();
  if (headers.transmittedMs < nowMs - OLDEST_MS) return 'the transmission is older than 4 days';
  if (headers.transmittedMs > nowMs + AHEAD_MS) return 'the transmission time is more than a day ahead';
  if (blanksAfter(delivery.rawBody) > BLANKS_MAX) return 'the body ends with more blanks than PayPal sends';
  const trust = parts.trusts[delivery.environment === 'sandbox' ? 'sandbox' : 'live'];
  if (!isUnderPrefix(headers.certUrl, trust.prefix))
    return `paypal-cert-url is not a certificate under ${trust.prefix.href}`;
  const certificate = await parts.shelf.get(headers.certUrl);
  if (typeof certificate === 'string') return certificate;
  const unfit = whyUnfit(certificate.leaf, trust.name, [headers.transmittedMs, nowMs]);
  if (unfit !== null) return unfit;
  const webhookId = signedWebhookId(headers, delivery.rawBody, certificate.leaf.publicKey, webhookIds);
  if (webhookId === null) return 'paypal-transmission-sig fits none of the webhook ids';
  const untrusted = await whyUntrusted(parts, certificate, { headers, webhookId, delivery, nowMs });
  if (untrusted !== null) return untrusted;
  return parts.used.claim(headers.transmissionId, delivery.rawBody)
    ? null
    : 'another body came with this transmission id before';
}

function whyUnfit(leaf: X509Certificate, name: string, moments: readonly number[]): string | null {
  if (leaf.ca) return 'the certificate is that of an issuer';
  if (leaf.checkHost(name, { subject: 'never', wildcards: false }) === undefined)
    return `the certificate is not for ${name}`;
  if (!moments.every((ms) => isValidAt(leaf, ms)))
    return `the certificate is valid from ${leaf.validFrom} to ${leaf.validTo} only`;
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  const isStrong = (asymmetricKeyDetails?.modulusLength ?? 0) >= KEY_BITS_MIN;
  return asymmetricKeyType === 'rsa' && isStrong
    ? null
    : `the certificate's key is not RSA with at least ${KEY_BITS_MIN} bits`;
}

interface Signed {
  readonly headers: SignedHeaders;
  readonly webhookId: string;
  readonly delivery: Delivery;
  readonly nowMs: number;
}

async function whyUntrusted(
  { options }: Parts,
  { chain }: ShelvedCertificate,
  signed: Signed,
): Promise<string | null> {
  if (chain.kind === 'trusted' && signed.nowMs <= chain.untilMs) return null;
  if (chain.kind === 'trusted') return "the certificate's issuer is no longer valid";
  const why = `the certificate's chain: ${chain.why}`;
  if (chain.kind === 'refused' || options.verifyByPaypal === undefined) return why;
  const body = postbackBody(signed.headers, signed.webhookId, signed.delivery.rawBody);
  if (body === null) return `${why}; and PayPal cannot be asked about a body that is no JSON object`;
  const verdict = await options.verifyByPaypal(signed.webhookId, body);
  if (verdict === true) return null;
  return verdict === null ? why : `${why}; and PayPal says the delivery is not its own`;
}

/** JSON's blanks after the last other byte. */
function blanksAfter(rawBody: Uint8Array): number {
  const isBlank = (byte: number | undefined): boolean =>
    byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  let end = rawBody.length;
  while (end > 0 && isBlank(rawBody[end - 1])) end -= 1;
  return rawBody.length - end;
}
