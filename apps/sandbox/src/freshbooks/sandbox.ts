import express from 'express';
import type { SandboxClock } from '../clock.ts';
import { controlRouter } from '../control.ts';
import { Deliveries } from '../deliveries.ts';
import { Faults } from '../faults.ts';
import type { SandboxedProvider } from '../provider.ts';

export interface FreshbooksOptions {
  readonly clock: SandboxClock;
}

/** The shape main.ts composes; its routes are mounted here. */
export class FreshbooksSandbox implements SandboxedProvider {
  readonly app = express();
  readonly faults = new Faults({
    status: (status) => ({ message: `status ${status}` }),
    rateLimit: () => ({ headers: {}, body: {} }),
    okWithErrors: () => ({ response: { errors: [] } }),
  });
  readonly deliveries: Deliveries;

  constructor({ clock }: FreshbooksOptions) {
    this.deliveries = new Deliveries(clock);
    const { faults, deliveries } = this;
    const state = (): unknown => this.state();
    this.app.use(controlRouter({ provider: 'freshbooks', clock, faults, deliveries, state, scenarios: {} }));
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
