import { X509Certificate } from 'node:crypto';
import { type Clock, type HttpClient, HttpFailure, type HttpResponse } from '@mlc/core';
import { type CallInWords, failureOf, translated } from '../shared/failure.ts';
import type { Chain, ChainBuilder } from './certificate-chain.ts';

/** A certificate PayPal signs with, and whom it leads to. */
export interface ShelvedCertificate {
  readonly leaf: X509Certificate;
  readonly chain: Chain;
}

/** Certificates by address, fetched when first needed. */
export interface CertificateShelf {
  /**
   * The certificate there; a sentence when there is none. The caller has checked that the address may be asked. Rejects
   * with ConnectorError `transient` when it cannot be told now.
   */
  get(url: string): Promise<ShelvedCertificate | string>;
}

/** What a shelf takes. */
export interface ShelfParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly chains: ChainBuilder;
}

/** About 2.7 kB in practice. */
const BYTES_MAX = 16 * 1024;
/** Two are valid at once during PayPal's yearly change (paypal.md 3.3); two environments; some room. */
const KEPT_MAX = 16;
const MISSES_MAX = 256;
/** `cache-control: max-age=86400`. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** A chain that could not be built is tried again, and an address without a certificate asked again, after this. */
const AGAIN_MS = 60_000;
/** Anybody may name addresses under the prefix: so many unknown ones are asked for in one AGAIN_MS. */
const FETCHES_MAX = 30;

type Found = ShelvedCertificate | string;

/** A shelf in memory, bounded in what it keeps and in how often it asks. */
export function certificateShelf(parts: ShelfParts): CertificateShelf {
  const kept = new Map<string, { readonly found: ShelvedCertificate; readonly untilMs: number }>();
  const misses = new Map<string, { readonly found: string; readonly untilMs: number }>();
  const fetching = new Map<string, Promise<Found>>();
  const fetches: number[] = [];
  const nowMs = (): number => parts.clock.now().getTime();

  const mayFetch = (): boolean => {
    while (fetches[0] !== undefined && fetches[0] <= nowMs() - AGAIN_MS) fetches.shift();
    if (fetches.length >= FETCHES_MAX) return false;
    fetches.push(nowMs());
    return true;
  };
  const keep = (url: string, found: Found): void => {
    if (typeof found === 'string') {
      put(misses, url, { found, untilMs: nowMs() + AGAIN_MS }, MISSES_MAX);
      return;
    }
    const keepMs = found.chain.kind === 'unbuildable' ? AGAIN_MS : KEPT_MS;
    put(kept, url, { found, untilMs: nowMs() + keepMs }, KEPT_MAX);
  };

  return {
    get: async (url) => {
      const known = kept.get(url) ?? misses.get(url);
      if (known !== undefined && nowMs() < known.untilMs) return known.found;
      const underWay = fetching.get(url);
      if (underWay !== undefined) return underWay;
      if (!mayFetch()) return 'too many unknown certificates were named lately';
      const fetched = fetchOne(parts, url).finally(() => fetching.delete(url));
      fetching.set(url, fetched);
      const found = await fetched;
      keep(url, found);
      return found;
    },
  };
}

/** Puts it last and drops the oldest. */
function put<T>(entries: Map<string, T>, url: string, entry: T, max: number): void {
  entries.delete(url);
  entries.set(url, entry);
  for (const oldest of entries.keys()) {
    if (entries.size <= max) break;
    entries.delete(oldest);
  }
}

async function fetchOne({ http, clock, chains }: ShelfParts, url: string): Promise<Found> {
  const call: CallInWords = {
    provider: 'paypal',
    operation: 'fetchCertificate',
    write: false,
    request: `GET ${url}`,
  };
  const answer = await ask(http, url, call);
  if (typeof answer === 'string') return answer;
  if (answer.status === 429 || answer.status >= 500)
    throw failureOf(call, 'transient', `answered ${answer.status}`, { status: answer.status });
  if (answer.status !== 200) return `the certificate could not be fetched: status ${answer.status}`;
  const leaf = certificateIn(answer.body);
  if (leaf === null) return 'what paypal-cert-url names is not a certificate';
  return { leaf, chain: await chains.build(leaf, clock.now().getTime()) };
}

/** A certificate that is elsewhere or too long is none: neither is followed, and both would be so again. */
async function ask(http: HttpClient, url: string, call: CallInWords): Promise<HttpResponse | string> {
  try {
    return await http.send({
      method: 'GET',
      url,
      headers: { Accept: '*/*' },
      idempotentRead: true,
      maxBodyBytes: BYTES_MAX,
    });
  } catch (error) {
    if (error instanceof HttpFailure && (error.reason === 'redirect' || error.reason === 'too-large'))
      return `the certificate could not be fetched: ${error.message}`;
    throw translated(call, error);
  }
}

function certificateIn(pem: string): X509Certificate | null {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return null;
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
