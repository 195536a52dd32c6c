import { closePeriod, closingNotices } from '@mlc/platform/month/close-period';
import { isClosed } from '@mlc/platform/month/reopen-period';
import { printDocument } from '../print.ts';
import { proofsOf } from '../proofs.ts';
import type { Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { withProviders } from '../with-providers.ts';

interface Options {
  readonly month: string;
  readonly unproven?: boolean;
}

/** `mlc period close --month M`: keeps the month's report; later facts go into the first open month. */
export const periodClose: Verb<Options> = (call) =>
  withProviders(call, async (opened) => {
    const { database, clock } = opened.runtime;
    const business = await oneBusiness(call, database);
    const { month, unproven } = call.options;
    const isRefused = await isClosed(database, business.id, month);
    const notices = isRefused ? [] : await closingNotices(database, clock, { business, month });
    for (const notice of notices) call.shell.err(`${notice}\n`);
    const isAsked = unproven !== true && !isRefused;
    const proofs = isAsked ? await proofsOf(call, opened, { business, month }) : [];
    const closed = await closePeriod(database, clock, { business, month, proofs, by: 'cli' });
    await printDocument(call, closed, [
      `${closed.month} of ${closed.business} is closed`,
      `sha256:${closed.sha256}`,
    ]);
    return 0;
  });
