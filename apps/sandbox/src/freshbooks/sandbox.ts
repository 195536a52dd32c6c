import express from 'express';
import type { SandboxClock } from '../clock.ts';
import { controlRouter } from '../control.ts';
import { Deliveries } from '../deliveries.ts';
import type { DeliveryOptions } from '../deliveries.ts';
import { Faults } from '../faults.ts';
import type { SandboxedProvider } from '../provider.ts';
import { accountingRoutes } from './accounting-routes.ts';
import type { Books, BusinessFacts } from './books.ts';
import { Desk } from './desk.ts';
import { oldAccounting } from './error-families.ts';
import { eventRoutes } from './event-routes.ts';
import { eventDeliveries } from './events.ts';
import { Refusal } from './failures.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import type { OauthApp } from './oauth-app.ts';
import { oauthRoutes } from './oauth-routes.ts';
import { onlinePaymentRoutes } from './online-payment-routes.ts';
import { createBooks } from './open-books.ts';
import { RATE_LIMITED, rateLimit } from './rate.ts';
import { oauthRefusals } from './routes-shared.ts';
import { scenariosOf } from './scenarios.ts';
import { DEFAULT_SWITCHES } from './switches.ts';
import type { Switches } from './switches.ts';
import { TokenDesk } from './tokens.ts';
import type { TokenAnswer } from './tokens.ts';
import type { World } from './world.ts';

/** The app and the business every sandbox starts with. */
export const SANDBOX_APP: OauthApp = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  redirectUris: [],
};
export const SANDBOX_BUSINESS: Readonly<BusinessFacts> = {
  accountId: 'xZNQ1X',
  businessId: 439_000,
  businessUuid: 'a8b4c1d2-93e5-4f60-8a17-2c3d4e5f6071',
  name: 'Sandbox Ltd',
  identityId: 14_051,
  currency: 'GBP',
  role: 'owner',
};

export interface FreshbooksOptions {
  readonly clock: SandboxClock;
  /** Default: one app, `SANDBOX_APP`. */
  readonly apps?: readonly OauthApp[];
  /** Default: one business, `SANDBOX_BUSINESS`. */
  readonly businesses?: readonly BusinessFacts[];
  readonly switches?: Partial<Switches>;
  readonly deliveries?: Partial<DeliveryOptions>;
}

/** The simulated FreshBooks: API and authorisation host in one, a second reading of freshbooks.md. */
export class FreshbooksSandbox implements SandboxedProvider {
  readonly app = express();
  readonly faults = new Faults({
    status: (status) =>
      oldAccounting(new Refusal(status, { errno: 1003, message: `Simulated status ${status}.` })),
    rateLimit: () => ({ headers: { 'retry-after': '1' }, body: RATE_LIMITED }),
    okWithErrors: () => oldAccounting(new Refusal(200, { errno: 1003, message: 'Simulated refusal.' })),
  });
  readonly deliveries: Deliveries;
  readonly switches: Switches;
  readonly tokens: TokenDesk;
  readonly #clock: SandboxClock;
  readonly #apps: readonly OauthApp[];
  readonly #accounts = new Map<string, Books>();

  constructor({
    clock,
    apps = [SANDBOX_APP],
    businesses = [SANDBOX_BUSINESS],
    ...options
  }: FreshbooksOptions) {
    this.#clock = clock;
    this.#apps = apps;
    this.switches = { ...DEFAULT_SWITCHES, ...options.switches };
    this.deliveries = new Deliveries(clock, options.deliveries);
    this.tokens = new TokenDesk(() => clock.now().getTime(), this.switches);
    for (const app of apps) this.tokens.registerApp(app);
    for (const business of businesses) this.addBusiness(business);
    this.#mount();
  }

  /** Opens empty books for another business. */
  addBusiness(business: BusinessFacts): Desk {
    const books = createBooks(
      { ...business },
      {
        switches: this.switches,
        now: () => this.#clock.now().getTime(),
        raise: (raised, event, id) => this.deliveries.send(...eventDeliveries(raised, event, id)),
      },
    );
    this.#accounts.set(business.accountId, books);
    return new Desk(books);
  }

  /** A person at the screen of a business: of the first one when none is named. Throws for an unknown account. */
  desk(accountId?: string): Desk {
    const books = accountId === undefined ? [...this.#accounts.values()][0] : this.#accounts.get(accountId);
    if (books === undefined) throw new RangeError(`the sandbox has no FreshBooks account ${accountId ?? ''}`);
    return new Desk(books);
  }

  /** Tokens as a finished consent would have left them. `expiresInSeconds` counts by the sandbox's clock. */
  seedTokens(
    seed: {
      accountId?: string;
      clientId?: string;
      scopes?: readonly string[];
      expiresInSeconds?: number;
    } = {},
  ): TokenAnswer {
    const { accountId, clientId, ...rest } = seed;
    const app = clientId === undefined ? this.#apps[0] : this.tokens.app(clientId);
    if (app === undefined) throw new RangeError(`the sandbox has no FreshBooks app ${clientId ?? ''}`);
    return this.tokens.seed({ app, identityId: this.desk(accountId).books.business.identityId, ...rest });
  }

  idle(): Promise<void> {
    return this.deliveries.idle();
  }

  state(): unknown {
    const accounts = [...this.#accounts].map(([accountId, books]) => {
      const desk = new Desk(books);
      const clients = [...books.clients.values()].map(({ id, plain }) => ({ id, ...plain }));
      const [invoices, payments, credits] = [desk.invoices(), desk.payments(), desk.credits()];
      return [accountId, { clients, invoices, payments, credits, callbacks: [...books.callbacks.values()] }];
    });
    return {
      switches: this.switches,
      tokens: this.tokens.counts,
      accounts: Object.fromEntries(accounts) as unknown,
    };
  }

  close(): void {
    this.deliveries.close();
  }

  #mount(): void {
    const { faults, deliveries, app } = this;
    const clock = this.#clock;
    const state = (): unknown => this.state();
    const world: World = {
      switches: this.switches,
      tokens: this.tokens,
      accounts: this.#accounts,
      now: () => clock.now().getTime(),
      firstIdentityId: () => this.desk().books.business.identityId,
    };
    app.disable('x-powered-by');
    app.set('etag', false);
    app.use(
      controlRouter({
        provider: 'freshbooks',
        clock,
        faults,
        deliveries,
        state,
        scenarios: scenariosOf(this),
      }),
    );
    app.use(faults.middleware());
    app.use(rateLimit(world));
    app.use(oauthRoutes(world));
    app.use('/accounting/account/:accountId', accountingRoutes(world));
    app.use('/accounting/businesses/:businessUuid', ledgerRoutes(world));
    app.use(
      '/events/account/:accountId/events/callbacks',
      eventRoutes(world, (delivery) => deliveries.send(delivery)),
    );
    app.use('/payments/account/:accountId', onlinePaymentRoutes(world));
    app.use((_req, res) => void res.status(404).json({ message: 'Requested resource could not be found.' }));
    app.use(oauthRefusals);
  }
}
