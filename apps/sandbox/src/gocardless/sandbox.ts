import express from 'express';
import type { Express } from 'express';
import type { SandboxClock } from '../clock.ts';
import { controlRouter } from '../control.ts';
import { Deliveries } from '../deliveries.ts';
import type { DeliveryOptions } from '../deliveries.ts';
import { Faults } from '../faults.ts';
import type { SandboxedProvider } from '../provider.ts';
import { addCreditor } from './creditors.ts';
import { mountApi } from './api.ts';
import { mountPayerPage } from './billing-flows.ts';
import type { GocardlessBooks } from './books.ts';
import { controls } from './controls.ts';
import { runDay } from './daily.ts';
import { faultVoice } from './door.ts';
import type { Access } from './door.ts';
import { Ids } from './ids.ts';
import { Organisation } from './organisation.ts';
import type { Scenarios } from './scenarios.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { Settings } from './settings.ts';
import { WebhookDesk } from './webhook-desk.ts';
import type { WebhookEndpoint } from './webhook-desk.ts';
import { World } from './world.ts';

export interface GocardlessOptions {
  readonly clock: SandboxClock;
  /** Of the first organisation. */
  readonly accessToken?: string;
  readonly readOnlyTokens?: readonly string[];
  readonly settings?: Partial<Settings>;
  readonly webhooks?: Partial<DeliveryOptions>;
  /** `ulid`: ids of 28 characters, as newer accounts have. */
  readonly idStyle?: 'short' | 'ulid';
  /** Endpoints made "in the dashboard" before the start. */
  readonly endpoints?: readonly { url: string; secret: string }[];
}

const DEFAULT_TOKEN = 'sandbox_gocardless_token';

/** The simulated GoCardless Pro API: one process, any number of organisations, all in memory. */
export class GocardlessSandbox implements SandboxedProvider {
  readonly app: Express = express();
  readonly faults: Faults;
  readonly deliveries: Deliveries;
  /** The first organisation; most uses need no other. */
  readonly organisation: Organisation;
  readonly #clock: SandboxClock;
  readonly #ids: Ids;
  readonly #organisations: Organisation[] = [];
  readonly #access = new Map<string, Access>();

  constructor(options: GocardlessOptions) {
    const { clock, accessToken = DEFAULT_TOKEN, readOnlyTokens = [], endpoints = [] } = options;
    this.#clock = clock;
    this.#ids = new Ids(clock.now().getTime(), options.idStyle);
    this.faults = new Faults(faultVoice(clock));
    this.deliveries = new Deliveries(clock, options.webhooks, (record) => {
      for (const { world } of this.#organisations) world.desk.note(record);
    });
    this.organisation = this.addOrganisation({ accessToken, settings: options.settings ?? {} });
    for (const token of readOnlyTokens)
      this.#access.set(token, { world: this.organisation.world, scope: 'read_only' });
    for (const endpoint of endpoints) this.organisation.addEndpoint(endpoint);
    clock.onDay(() => this.#runDay());
    this.#mount();
  }

  /** The first organisation's token. */
  get accessToken(): string {
    return this.organisation.accessToken;
  }

  get scenarios(): Scenarios {
    return this.organisation.scenarios;
  }

  addOrganisation(wanted: {
    accessToken: string;
    name?: string;
    settings?: Partial<Settings>;
  }): Organisation {
    const { accessToken, name = 'Mr Creditor', settings } = wanted;
    const own: Settings = structuredClone({ ...DEFAULT_SETTINGS, ...settings });
    const [clock, ids] = [this.#clock, this.#ids];
    const desk = new WebhookDesk({ clock, ids, settings: own, deliveries: this.deliveries });
    const world = new World({ clock, ids, settings: own, organisationId: ids.next('OR'), desk });
    addCreditor(world, name);
    const organisation = new Organisation(world, accessToken);
    this.#organisations.push(organisation);
    this.#access.set(accessToken, { world, scope: 'read_write' });
    return organisation;
  }

  /** From now on 401 access_token_not_found. */
  revokeToken(token: string): void {
    this.#access.delete(token);
  }

  addEndpoint(endpoint: { url: string; secret: string }): WebhookEndpoint {
    return this.organisation.addEndpoint(endpoint);
  }

  books(): GocardlessBooks {
    return this.organisation.books();
  }

  async idle(): Promise<void> {
    for (const { world } of this.#organisations) {
      await world.settled();
      world.desk.flush();
    }
    await this.deliveries.idle();
  }

  state(): unknown {
    const [first, ...others] = this.#organisations.map((organisation) => organisation.state());
    return others.length === 0 ? first : { organisations: [first, ...others] };
  }

  close(): void {
    for (const { world } of this.#organisations) world.close();
    this.deliveries.close();
  }

  #runDay(): void {
    for (const { world } of this.#organisations) {
      runDay(world);
      // A day's events leave as that day's deliveries.
      world.desk.flush();
    }
  }

  #mount(): void {
    this.app.disable('x-powered-by').disable('etag');
    mountPayerPage(this.app, () => this.#organisations.map(({ world }) => world));
    this.app.use(
      controlRouter({
        provider: 'gocardless',
        clock: this.#clock,
        faults: this.faults,
        deliveries: this.deliveries,
        state: () => this.state(),
        scenarios: controls(() => this.#organisations),
      }),
    );
    mountApi(this.app, {
      clock: this.#clock,
      faults: this.faults,
      accessOf: (token) => this.#access.get(token),
    });
  }
}
