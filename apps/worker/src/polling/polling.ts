import type { Locks } from '@mlc/core';
import type { Runtime } from '@mlc/platform';
import type { Connections } from '../connectors.ts';

/** What polling takes. */
export interface Polling {
  readonly runtime: Pick<Runtime, 'database' | 'clock' | 'log'>;
  readonly locks: Locks;
  readonly connections: Connections;
  /** Aborted when the process stops: a run then ends at its next page, with its cursors where they were. */
  readonly stopping?: AbortSignal | undefined;
  /** How long to wait for the next end of what was found missing; 10 s when left out. */
  readonly idleMs?: number | undefined;
}

/** What one run over one connection found; the first four are `mlc poll`'s line (contract section 6). */
export interface PollReport {
  readonly provider: string;
  /** Events and objects read. */
  readonly seen: number;
  /** Those nothing had told us of, or whose event had come to nothing. */
  readonly missing: number;
  /** Those of them that had their effect since. */
  readonly recovered: number;
  readonly connectionId: string;
  /** Why the run did not get to its end; null when it did. What it had found until then counts above and is kept. */
  readonly failure: string | null;
}
