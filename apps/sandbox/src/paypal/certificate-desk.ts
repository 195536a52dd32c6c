import type { Authority, Leaf } from './certificates.ts';
import type { Ids } from './ids.ts';
import type { CertificateKind, Settings } from './settings.ts';

const PATH = '/v1/notifications/certs/';

/** What a delivery is signed under, and where its certificate is served. */
export interface Signer {
  readonly url: string;
  readonly leaf: Leaf;
}

interface Served extends Leaf {
  readonly id: string;
}

/** Every certificate the sandbox ever signed under, each at an address of its own, made when first needed. */
export class CertificateDesk {
  /** The sandbox's own address, known once it listens. */
  baseUrl = 'http://127.0.0.1';
  readonly authority: Authority;
  readonly #settings: Settings;
  readonly #ids: Ids;
  readonly #current = new Map<CertificateKind | 'live', Promise<Served>>();
  readonly #served = new Map<string, Served>();

  constructor(authority: Authority, settings: Settings, ids: Ids) {
    this.authority = authority;
    this.#settings = settings;
    this.#ids = ids;
  }

  /** The only place certificates are served from: what `PAYPAL_CERT_URL_PREFIX` should hold. */
  get urlPrefix(): string {
    return this.baseUrl + PATH;
  }

  /** Under which the next delivery is signed: by the `certificate` setting, or PayPal's live one for simulated events. */
  async signer(kind: CertificateKind | 'live' = this.#settings.certificate): Promise<Signer> {
    let leaf = this.#current.get(kind);
    if (leaf === undefined) {
      leaf = this.#issue(kind, false);
      this.#current.set(kind, leaf);
    }
    const { id, ...rest } = await leaf;
    return { url: this.urlPrefix + id, leaf: rest };
  }

  /** From now on another certificate with other keys at another address; the old one stays valid and served. */
  async rotate(): Promise<Signer> {
    this.#current.set('good', this.#issue('good', true));
    return this.signer('good');
  }

  /** PEM by the last part of its address. */
  find(id: string): string | undefined {
    return this.#served.get(id)?.pem;
  }

  /** PEM by its whole address, as the verify endpoint is told it. */
  findByUrl(url: string): string | undefined {
    return url.startsWith(this.urlPrefix) ? this.find(url.slice(this.urlPrefix.length)) : undefined;
  }

  async #issue(kind: CertificateKind | 'live', fresh: boolean): Promise<Served> {
    const served = { ...(await this.authority.leaf(kind, { fresh })), id: this.#ids.certificate() };
    this.#served.set(served.id, served);
    return served;
  }
}
