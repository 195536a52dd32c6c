import express from 'express';
import type { SandboxClock } from '../clock.ts';
import { controlRouter } from '../control.ts';
import { Deliveries } from '../deliveries.ts';
import { Faults } from '../faults.ts';
import type { SandboxedProvider } from '../provider.ts';

export interface GocardlessOptions {
  readonly clock: SandboxClock;
}

/** The simulated GoCardless Pro API. */
export class GocardlessSandbox implements SandboxedProvider {
  readonly app = express();
  readonly faults = new Faults({
    status: (status) => ({ message: `status ${status}` }),
    rateLimit: () => ({ headers: {}, body: {} }),
    okWithErrors: () => ({}),
  });
  readonly deliveries: Deliveries;

  constructor({ clock }: GocardlessOptions) {
    this.deliveries = new Deliveries(clock);
    const { faults, deliveries } = this;
    const state = (): unknown => this.state();
    this.app.use(controlRouter({ provider: 'gocardless', clock, faults, deliveries, state, scenarios: {} }));
    this.app.use(faults.middleware());
  }

  idle(): Promise<void> {
    return this.deliveries.idle();
  }

  state(): unknown {
    return {};
  }

  close(): void {
    this.deliveries.close();
  }
}
