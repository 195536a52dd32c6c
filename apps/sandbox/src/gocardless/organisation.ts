import { booksOf } from './books.ts';
import type { GocardlessBooks } from './books.ts';
import { Scenarios } from './scenarios.ts';
import type { Settings } from './settings.ts';
import type { WebhookEndpoint } from './webhook-desk.ts';
import type { World } from './world.ts';

/** One merchant in the sandbox, seen from inside the process. */
export class Organisation {
  readonly id: string;
  readonly accessToken: string;
  /** What payers, banks and people in the dashboard do. */
  readonly scenarios: Scenarios;
  readonly world: World;

  constructor(world: World, accessToken: string) {
    this.world = world;
    this.id = world.organisationId;
    this.accessToken = accessToken;
    this.scenarios = new Scenarios(world);
  }

  /** May be changed at any time. */
  get settings(): Settings {
    return this.world.settings;
  }

  addEndpoint(endpoint: { url: string; secret: string }): WebhookEndpoint {
    return this.world.desk.addEndpoint(endpoint);
  }

  books(): GocardlessBooks {
    return booksOf(this.world);
  }

  /** Every resource, as it is on the wire. */
  state(): object {
    const { world } = this;
    return {
      organisation: this.id,
      endpoints: world.desk.endpoints.map(({ id, url }) => ({ id, url })),
      customers: world.customers.all(),
      customer_bank_accounts: world.bankAccounts.all(),
      mandates: world.mandates.all(),
      payments: world.payments.all(),
      subscriptions: world.subscriptions.all(),
      instalment_schedules: world.instalmentSchedules.all(),
      billing_requests: world.billingRequests.all(),
      billing_request_flows: world.billingRequestFlows.all(),
      refunds: world.refunds.all(),
      payouts: world.payouts.all(),
      payout_items: Object.fromEntries(world.payoutItems),
      events: world.events.all(),
      webhooks: world.desk.rows
        .all()
        .map(({ id, url, response_code, successful }) => ({ id, url, response_code, successful })),
    };
  }
}
