import type { Clock, Log } from '@mlc/core';
import type { Desk } from '@mlc/platform/accounts/desk';
import type { Config } from '@mlc/platform/config/config';
import type { Database } from '@mlc/platform/postgres/database';
import type { FlowQueues } from '@mlc/platform/queue/queues';
import type { ChangeFeed } from '../stream/change-feed.ts';
import type { Connections } from '@mlc/worker';

/** What the API's routes stand on. */
export interface ApiParts {
  readonly database: Database;
  readonly desk: Desk;
  /** The business's clock, of audit entries and events. */
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly queues: FlowQueues;
  /** The providers, opened at first use. */
  readonly connections: () => Connections;
  /** What is appended to the audit chains. */
  readonly feed: ChangeFeed;
  readonly consoleUrl: string;
  /** Tells the process that an answer waits to be taken. */
  readonly answerHeld: () => void;
}
