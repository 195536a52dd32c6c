import type { Runtime } from '@mlc/platform';
import type { Connections } from '../connectors.ts';

/** What registering webhooks works with. */
export type Registrar = Pick<Runtime, 'database' | 'vault' | 'clock' | 'log' | 'config'> & {
  readonly connections: () => Connections;
};
