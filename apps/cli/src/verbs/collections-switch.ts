import { optIn, optOut, type OptOutTarget } from '@mlc/platform/answers/person-says';
import { releaseInvoice } from '@mlc/platform/answers/release-invoice';
import { systemClock } from '@mlc/platform/clock/system';
import { printDocument } from '../print.ts';
import { type Call, UsageError, type Verb } from '../shell.ts';
import { oneBusiness, withStores } from '../stores.ts';

interface Options {
  readonly note: string;
  readonly invoice?: string;
  readonly client?: string;
}

type Wish = 'opt-out' | 'opt-in' | 'release';

const SAID: Readonly<Record<Wish, string>> = {
  'opt-out': 'is not collected any more',
  'opt-in': 'is collected again',
  release: 'may be debited again',
};

function targetOf({ options }: Call<Options>, businessId: string): OptOutTarget {
  const { invoice, client, note } = options;
  const target =
    invoice === undefined
      ? { kind: 'client' as const, id: client }
      : { kind: 'invoice' as const, id: invoice };
  if (target.id === undefined || (invoice !== undefined && client !== undefined)) {
    throw new UsageError('name either --invoice ID or --client ID');
  }
  return { businessId, kind: target.kind, id: target.id, note, by: 'cli' };
}

function wish(what: Wish): Verb<Options> {
  return (call) =>
    withStores(call, async ({ database }) => {
      const target = targetOf(call, (await oneBusiness(call, database)).id);
      if (what === 'opt-out') await optOut(database, systemClock, target);
      else if (what === 'opt-in') await optIn(database, systemClock, target);
      else await releaseInvoice(database, systemClock, target);
      const { kind, id } = target;
      await printDocument(call, { kind, id, done: what }, [`${kind} ${id} ${SAID[what]}`]);
      return 0;
    });
}

/** `mlc collections opt-out --invoice|--client ID --note T`: never collect it; what can be cancelled is cancelled. */
export const collectionsOptOut = wish('opt-out');

/** `mlc collections opt-in --invoice|--client ID --note T`: collect it again. */
export const collectionsOptIn = wish('opt-in');

/** `mlc collections release --invoice ID --note T`: another debit after one that failed or was charged back (ADR 4). */
export const collectionsRelease = wish('release');
