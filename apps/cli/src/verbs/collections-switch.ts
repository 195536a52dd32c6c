import { optIn, optOut, type OptOutTarget } from '@mlc/platform/answers/person-says';
import { releaseInvoice } from '@mlc/platform/answers/release-invoice';
import { systemClock } from '@mlc/platform/clock/system';
import { findTarget } from '../find-target.ts';
import { printDocument } from '../print.ts';
import { type Call, UsageError, type Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { withProviders } from '../with-providers.ts';

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

/** What was named, as it was typed. */
function namedBy({
  options: { invoice, client },
}: Call<Options>): Pick<OptOutTarget, 'kind'> & { text: string } {
  const kind = invoice === undefined ? 'client' : 'invoice';
  const text = (invoice ?? client ?? '').trim();
  if (text === '' || (invoice !== undefined && client !== undefined))
    throw new UsageError('name either --invoice NUMBER (or its id) or --client ID');
  return { kind, text };
}

function wish(what: Wish): Verb<Options> {
  return async (call) => {
    const { kind, text } = namedBy(call);
    return withProviders(call, async ({ runtime: { database }, connections }) => {
      const { id: businessId } = await oneBusiness(call, database);
      const { books } = await connections.of(businessId);
      const { id, name } = await findTarget(database, books, { businessId, kind, text });
      const target = { businessId, kind, id, note: call.options.note, by: 'cli' };
      if (what === 'opt-out') await optOut(database, systemClock, target);
      else if (what === 'opt-in') await optIn(database, systemClock, target);
      else await releaseInvoice(database, systemClock, target);
      await printDocument(call, { kind, id, done: what }, [`${kind} ${name} ${SAID[what]}`]);
      return 0;
    });
  };
}

/** `mlc collections opt-out --invoice|--client ID --note T`: never collect it; what can be cancelled is cancelled. */
export const collectionsOptOut = wish('opt-out');

/** `mlc collections opt-in --invoice|--client ID --note T`: collect it again. */
export const collectionsOptIn = wish('opt-in');

/** `mlc collections release --invoice ID --note T`: another debit after one that failed or was charged back (ADR 4). */
export const collectionsRelease = wish('release');
