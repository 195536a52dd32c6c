import { ConnectorError } from '@mlc/core';

/** Waits this many ms. */
export type Pause = (ms: number) => Promise<void>;

/** A provider that still says "wait" after this many waits in a row ends the preview. */
const WAITS_MAX = 10;
/** Waited after a rate limit that does not say for how long. */
const UNSAID_WAIT_MS = 5_000;

/** Reads from a provider, waiting as often as its rate limit asks to. Other failures reject at once. */
export async function patiently<T>(read: () => Promise<T>, pause: Pause): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await read();
    } catch (error) {
      await waitOrThrow(error, waits, pause);
    }
  }
}

/** The same for a list that comes page by page: after a wait it starts again, so rows may come twice. */
export async function* patientlyEach<T>(
  list: () => AsyncIterable<T>,
  pause: Pause,
): AsyncGenerator<T, void, undefined> {
  for (let waits = 0; ; waits += 1) {
    try {
      yield* list();
      return;
    } catch (error) {
      await waitOrThrow(error, waits, pause);
    }
  }
}

async function waitOrThrow(error: unknown, waits: number, pause: Pause): Promise<void> {
  if (!(error instanceof ConnectorError) || error.kind !== 'rate-limited' || waits >= WAITS_MAX) throw error;
  await pause(error.retryAfterMs ?? UNSAID_WAIT_MS);
}
