import type { RequestListener } from 'node:http';
import type { Deliveries } from './deliveries.ts';
import type { Faults } from './faults.ts';

/** What every sandboxed provider offers to whoever starts it. */
export interface SandboxedProvider {
  /** The provider's API with the control API in front, as an Express app. */
  readonly app: RequestListener;
  readonly faults: Faults;
  readonly deliveries: Deliveries;
  /** Resolves when no webhook is left to make, send or retry. */
  idle(): Promise<void>;
  /** Everything it holds, as plain JSON. */
  state(): unknown;
  close(): void;
}
