import express from 'express';
import type { Express } from 'express';
import type { SandboxClock } from '../clock.ts';
import { controlRouter } from '../control.ts';
import { Deliveries } from '../deliveries.ts';
import type { DeliveryOptions } from '../deliveries.ts';
import { Faults } from '../faults.ts';
import type { SandboxedProvider } from '../provider.ts';
import { Account } from './account.ts';
import { mountApi } from './api.ts';
import type { PaypalBooks } from './books.ts';
import { CertificateDesk } from './certificate-desk.ts';
import { Authority } from './certificates.ts';
import { controls } from './controls.ts';
import { faultVoice, giveDebugId } from './door.ts';
import { Ids } from './ids.ts';
import { expireApprovals } from './order-course.ts';
import type { Scenarios } from './scenarios.ts';
import { ALL_SCOPES } from './scopes.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { Settings } from './settings.ts';
import { TokenDesk } from './tokens.ts';
import { WebhookDesk } from './webhook-desk.ts';
import { World } from './world.ts';

/** What a merchant and their app are made of. */
export interface MerchantFacts {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly merchantId: string;
  readonly email?: string;
  /** Every feature when left out. */
  readonly scopes?: readonly string[];
}

export interface PaypalOptions {
  readonly clock: SandboxClock;
  /** Default: one, `SANDBOX_MERCHANT`. */
  readonly merchants?: readonly MerchantFacts[];
  readonly settings?: Partial<Settings>;
  readonly webhooks?: Partial<DeliveryOptions>;
}

/** The merchant every sandbox starts with. */
export const SANDBOX_MERCHANT: MerchantFacts = {
  clientId: 'sandbox-paypal-client',
  clientSecret: 'sandbox-paypal-secret',
  merchantId: 'SANDBXMERCHNT',
  email: 'sb-merchant@business.example.com',
};

const HOUR_MS = 3_600_000;

/**
 * Delivery options of the real rhythm, up to 25 attempts in three days, by the sandbox's clock. The usual ones retry in
 * real milliseconds. PayPal does not say how retries are spaced.
 */
export const THREE_DAYS_OF_RETRIES: Partial<DeliveryOptions> = {
  retryTime: 'virtual',
  retryDelaysMs: Array.from({ length: 24 }, () => 3 * HOUR_MS),
};

/** The simulated PayPal: one process, any number of merchants, all in memory. */
export class PaypalSandbox implements SandboxedProvider {
  readonly app: Express = express();
  readonly faults = new Faults(faultVoice());
  readonly deliveries: Deliveries;
  readonly settings: Settings;
  readonly tokens: TokenDesk;
  readonly certificates: CertificateDesk;
  /** The first merchant; most uses need no other. */
  readonly account: Account;
  readonly #clock: SandboxClock;
  readonly #ids: Ids;
  readonly #accounts: Account[] = [];

  private constructor(options: PaypalOptions, authority: Authority) {
    const { clock, merchants = [SANDBOX_MERCHANT], settings, webhooks } = options;
    this.#clock = clock;
    this.#ids = new Ids(clock.now().getTime());
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    this.tokens = new TokenDesk(this.settings, () => clock.now().getTime());
    this.certificates = new CertificateDesk(authority, this.settings, this.#ids);
    this.deliveries = new Deliveries(clock, webhooks, (record) => {
      for (const { world } of this.#accounts) world.desk.note(record);
    });
    const [first = SANDBOX_MERCHANT, ...others] = merchants;
    this.account = this.addMerchant(first);
    for (const merchant of others) this.addMerchant(merchant);
    clock.onDay(() => this.#runDay());
    this.#mount();
  }

  /** Opens it with a certificate authority of its own. */
  static async open(options: PaypalOptions): Promise<PaypalSandbox> {
    return new PaypalSandbox(options, await Authority.open());
  }

  addMerchant(facts: MerchantFacts): Account {
    const { email = `sb-${facts.merchantId.toLowerCase()}@business.example.com`, scopes = ALL_SCOPES } =
      facts;
    const merchant = { ...facts, email, scopes: [...scopes] };
    const [clock, ids, settings] = [this.#clock, this.#ids, this.settings];
    const desk = new WebhookDesk({
      clock,
      ids,
      deliveries: this.deliveries,
      certificates: this.certificates,
    });
    const world = new World({ merchant, clock, ids, settings, desk });
    this.tokens.register(world);
    const account = new Account(world);
    this.#accounts.push(account);
    return account;
  }

  get scenarios(): Scenarios {
    return this.account.scenarios;
  }

  /** PEM bundle for `PAYPAL_CERT_CA_FILE`. */
  get caBundle(): string {
    return this.certificates.authority.bundle;
  }

  /** For `PAYPAL_CERT_URL_PREFIX`. */
  get certUrlPrefix(): string {
    return this.certificates.urlPrefix;
  }

  /** Told by whoever lets it listen: where certificates and the checkout page are found. */
  listensAt(baseUrl: string): void {
    this.certificates.baseUrl = baseUrl;
  }

  addWebhook(webhook: { url: string; eventTypes?: readonly string[] }): { id: string; url: string } {
    return this.account.addWebhook(webhook);
  }

  books(): PaypalBooks {
    return this.account.books();
  }

  async idle(): Promise<void> {
    for (const { world } of this.#accounts) await world.desk.settled();
    await this.deliveries.idle();
  }

  state(): unknown {
    return {
      settings: this.settings,
      tokensIssued: this.tokens.issued,
      merchants: this.#accounts.map((account) => account.state()),
    };
  }

  close(): void {
    this.deliveries.close();
  }

  #runDay(): void {
    for (const { world } of this.#accounts) expireApprovals(world);
  }

  #mount(): void {
    const { app, faults, deliveries, settings, tokens, certificates } = this;
    const accounts = (): readonly Account[] => this.#accounts;
    app.disable('x-powered-by').disable('etag');
    app.use(giveDebugId);
    app.use(
      controlRouter({
        provider: 'paypal',
        clock: this.#clock,
        faults,
        deliveries,
        state: () => this.state(),
        scenarios: controls({ accounts, settings, tokens, certificates }),
      }),
    );
    const worlds = (): World[] => this.#accounts.map(({ world }) => world);
    mountApi(app, { worlds, faults, deliveries, tokens, certificates });
  }
}
