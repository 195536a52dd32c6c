import { LockBusyError, type Locks, type Log } from '@mlc/core';

/** Something to be done every so often by one worker at a time. */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  /** `stopping` is aborted when the process stops: what can end early should. */
  run(stopping: AbortSignal): Promise<unknown>;
}

/** Schedules under way. */
export interface RunningSchedules {
  /** Finishes what is in hand, or what of it cannot end early. */
  stop(): Promise<void>;
}

/** Every worker competes for each schedule under a lock, so any one of them suffices. The first round is at once. */
export function startSchedules(schedules: readonly Schedule[], locks: Locks, log: Log): RunningSchedules {
  const running = schedules.map((schedule) => repeat(schedule, locks, log));
  return {
    stop: async () => {
      await Promise.all(running.map((stop) => stop()));
    },
  };
}

function repeat(schedule: Schedule, locks: Locks, log: Log): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const round = async (): Promise<void> => {
    await once(schedule, { locks, log }, stopping.signal);
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      inHand = round();
    }, schedule.everyMs);
  };
  let inHand = round();
  return async () => {
    stopping.abort();
    clearTimeout(timer);
    await inHand;
  };
}

async function once(
  schedule: Schedule,
  { locks, log }: { readonly locks: Locks; readonly log: Log },
  stopping: AbortSignal,
): Promise<void> {
  try {
    await locks.withLock(`schedule:${schedule.name}`, () => schedule.run(stopping));
  } catch (error) {
    // Another worker is at it.
    if (error instanceof LockBusyError) return;
    log.warn('schedule.failed', { schedule: schedule.name, error });
  }
}
