import type { Clock, Log } from '@mlc/core';
import { HELD_S, takeDueAnswers } from '@mlc/platform/answers/held-answer';
import type { Database } from '@mlc/platform/postgres/database';
import { repeatedly } from './repeatedly.ts';

/** A net under the answers of consoles that ended: workers are another. */
const LOOK_MS = 5_000;
/** Postgres' clock decides; a little later than that is soon enough. */
const LATE_MS = 200;

/** Lets held answers count when their time has come. */
export function startHeldAnswers({ database, clock, log }: { database: Database; clock: Clock; log: Log }) {
  const rounds = repeatedly(LOOK_MS, () => takeDueAnswers(database, clock), log);
  return { soon: () => rounds.soon(HELD_S * 1_000 + LATE_MS), stop: () => rounds.stop() };
}
