import { booksOf } from './books.ts';
import type { PaypalBooks } from './books.ts';
import { eventWire } from './event-book.ts';
import { EVERYTHING } from './event-types.ts';
import { Scenarios } from './scenarios.ts';
import type { World } from './world.ts';

/** One merchant in the sandbox, seen from inside the process. */
export class Account {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly merchantId: string;
  /** What buyers, banks and people on PayPal's pages do. */
  readonly scenarios: Scenarios;
  readonly world: World;

  constructor(world: World) {
    this.world = world;
    const { clientId, clientSecret, merchantId } = world.merchant;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.merchantId = merchantId;
    this.scenarios = new Scenarios(() => world);
  }

  /** What new tokens of the app may do; features are switched on and off here. */
  get scopes(): string[] {
    return this.world.merchant.scopes;
  }

  set scopes(scopes: string[]) {
    this.world.merchant.scopes = scopes;
  }

  /** A webhook made on PayPal's pages: no rule about its address. All event types unless told. */
  addWebhook({ url, eventTypes = [EVERYTHING] }: { url: string; eventTypes?: readonly string[] }): {
    id: string;
    url: string;
  } {
    const { id } = this.world.desk.addWebhook(url, eventTypes);
    return { id, url };
  }

  webhooks(): { id: string; url: string; eventTypes: readonly string[] }[] {
    return [...this.world.desk.webhooks.values()].map((row) => ({ ...row }));
  }

  /** What the account held at a moment, in minor units. */
  balance(currency: string, at: Date): number {
    return this.world.statement.balance(currency, at.getTime());
  }

  books(): PaypalBooks {
    return booksOf(this.world);
  }

  /** Everything PayPal holds of it. */
  state(): object {
    const { world } = this;
    const rows = <T>(of: ReadonlyMap<string, T>): T[] => structuredClone([...of.values()]);
    return {
      merchantId: this.merchantId,
      clientId: this.clientId,
      webhooks: this.webhooks(),
      orders: rows(world.orders),
      captures: rows(world.captures),
      refunds: rows(world.refunds),
      sales: rows(world.sales),
      subscriptions: rows(world.subscriptions),
      invoices: rows(world.invoices),
      disputes: rows(world.disputes),
      statement: structuredClone(world.statement.rows),
      events: world.desk.events.map(eventWire),
    };
  }
}
