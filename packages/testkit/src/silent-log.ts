import type { Log } from '@mlc/core';

/** A log that nobody reads. */
export const silentLog: Log = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function ignore(): void {
  // What a test checks is the effect, not the log.
}
