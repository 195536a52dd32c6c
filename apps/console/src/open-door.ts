import type { Clock } from '@mlc/core';
import { countedAttempts, forgetOldAttempts } from '@mlc/platform/accounts/attempts';
import type { Desk } from '@mlc/platform/accounts/desk';
import { passkeySite } from '@mlc/platform/accounts/passkeys';
import { forgetOldSessions } from '@mlc/platform/accounts/sessions';
import { ACCOUNT_TRIES, ADDRESS_TRIES, NOTED_REFUSALS } from '@mlc/platform/accounts/sign-in';
import { systemClock } from '@mlc/platform/clock/system';
import type { Runtime } from '@mlc/platform/lifecycle/runtime';
import { consoleCounters } from '@mlc/platform/metrics/console-counters';
import type { Door } from './door/door.ts';

/** What accounts work with: always by the real time, whatever clock the business runs on. */
export function openDesk({
  database,
  vault,
  clock,
}: Omit<Desk, 'auditClock' | 'clock'> & { clock: Clock }): Desk {
  return { database, vault, clock: systemClock, auditClock: clock };
}

/** The door of this deployment. */
export function openDoor({ config, database, metrics }: Runtime, desk: Desk, adminToken: string): Door {
  const counters = consoleCounters(metrics);
  const { pool } = database;
  return {
    desk,
    adminToken,
    consoleUrl: config.consoleUrl,
    site: passkeySite(config.consoleUrl),
    limits: {
      account: countedAttempts(pool, 'account', ACCOUNT_TRIES),
      address: countedAttempts(pool, 'address', ADDRESS_TRIES),
      noted: countedAttempts(pool, 'noted', NOTED_REFUSALS),
    },
    guesses: countedAttempts(pool, 'token', ADDRESS_TRIES),
    refused: (why) => counters.refused(why),
  };
}

/** Takes away what is over. */
export async function tidyDoor({ desk }: Pick<Door, 'desk'>): Promise<void> {
  await forgetOldSessions(desk);
  await forgetOldAttempts(desk.database.pool, desk.clock.now());
}
