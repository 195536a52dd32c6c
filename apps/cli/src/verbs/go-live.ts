import type { Business } from '@mlc/core';
import { heldEvents, type ModeSwitch, switchMode } from '@mlc/platform/set-up/business-mode';
import type { Database } from '@mlc/platform/postgres/database';
import { systemClock } from '@mlc/platform/clock/system';
import { printDocument } from '../print.ts';
import { type Call, RefusedError, UsageError, type Verb } from '../shell.ts';
import { oneBusiness, withStores } from '../stores.ts';

interface Options {
  readonly yes?: boolean;
}

/** `mlc go-live`: what waits for it runs, decided anew; asks the person at the terminal, scripts say --yes. */
export const goLive: Verb<Options> = (call) =>
  withStores(call, async ({ database }) => {
    const business = await oneBusiness(call, database);
    if (business.policy.mode !== 'live') await confirm(call, database, business);
    const switched = await switchMode(database, systemClock, { ...wishOf(business), mode: 'live' });
    await print(call, business, switched, [
      `${business.slug} is live${switched.changed ? '' : ' already'}: debits are made and payments booked`,
      `${switched.released} waiting events run now, each decided anew`,
    ]);
    return 0;
  });

/** `mlc observe`: the pause switch; debits under way go on being followed. */
export const observe: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const business = await oneBusiness(call, database);
    const switched = await switchMode(database, systemClock, { ...wishOf(business), mode: 'observe' });
    await print(call, business, switched, [
      `${business.slug} observes${switched.changed ? '' : ' already'}: nothing is written at a provider until mlc go-live`,
      'debits that were made are followed; what would be booked, made or cancelled waits',
    ]);
    return 0;
  });

function wishOf({ id }: Business) {
  return { businessId: id, by: 'cli' };
}

/** @throws UsageError without a terminal and without --yes; RefusedError when the person says no. */
async function confirm({ shell, options }: Call<Options>, database: Database, business: Business) {
  if (options.yes === true) return;
  const { slug, displayName } = business;
  if (shell.ask === undefined)
    throw new UsageError(`going live writes at providers: confirm it for ${slug} with --yes`);
  const waiting = (await heldEvents(database)).get(business.id) ?? 0;
  const answer = await shell.ask(
    `From now on ${displayName} (${slug}) debits clients in GoCardless and books in FreshBooks; ${waiting} events wait for it.\n` +
      `mlc preview shows what they would do. Go live? [y/N] `,
  );
  if (!/^y(es)?$/i.test(answer.trim())) throw new RefusedError(`${slug} goes on observing: nothing changed`);
}

async function print(
  call: Call,
  { slug }: Business,
  { mode, released }: ModeSwitch,
  lines: readonly string[],
): Promise<void> {
  await printDocument(call, { business: slug, mode, released }, [...lines]);
}
