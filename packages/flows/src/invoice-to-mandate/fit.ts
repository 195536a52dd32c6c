import { type Collection, type CollectionState, formatMoney, type Money, sameMoney } from '@mlc/core';

/** What an invoice wants of its debit. */
export interface Wanted {
  readonly outstanding: Money;
  readonly clientId: string;
  /** The creditor the business chose; null when it did not have to. */
  readonly creditorId: string | null;
  /** When it is to be taken; null when dates play no part (policy `as-soon-as-possible`). */
  readonly charge: WantedCharge | null;
}

/** By the policy `due-date`. */
export interface WantedCharge {
  /** YYYY-MM-DD. */
  readonly dueDate: string | null;
  /** The first day the debit's mandate allows now, YYYY-MM-DD; null when that is not known. */
  readonly earliest: string | null;
}

/** In what a running debit does not agree with its invoice, the weightiest first. */
export type Difference = 'client' | 'creditor' | 'amount' | 'date';

/** Empty when the debit fits. What is not known of an old debit does not speak against it. */
export function differencesOf(collection: Collection, wanted: Wanted): Difference[] {
  const isOther = (known: string | null, now: string | null): boolean =>
    known !== null && known !== '' && now !== null && known !== now;
  const differences: readonly (readonly [Difference, boolean])[] = [
    ['client', isOther(collection.clientId, wanted.clientId)],
    ['creditor', isOther(collection.creditorId, wanted.creditorId)],
    ['amount', !sameMoney(collection.amount, wanted.outstanding)],
    ['date', hasOtherDate(collection, wanted.charge)],
  ];
  return differences.flatMap(([difference, differs]) => (differs ? [difference] : []));
}

/** The due date is another one than the debit was made for, while its charge date could still matter. */
export function wasDueOtherwise(
  { wantedDate, state }: Pick<Collection, 'wantedDate' | 'state'>,
  dueDate: string | null,
): boolean {
  return wantedDate !== null && wantedDate !== (dueDate ?? '') && BEFORE_CHARGE.has(state);
}

const BEFORE_CHARGE: ReadonlySet<CollectionState> = new Set([
  'planned',
  'requested',
  'pending_submission',
  'submitted',
]);

/**
 * Only where another date would really come of it: the earliest day moves on by itself, and a debit that is taken as early as
 * was possible is not replaced by a later one.
 */
function hasOtherDate(collection: Collection, charge: WantedCharge | null): boolean {
  if (charge === null || !wasDueOtherwise(collection, charge.dueDate)) return false;
  const { dueDate, earliest } = charge;
  const { chargeDate } = collection;
  const isAsked = dueDate !== null && (earliest === null || dueDate >= earliest);
  if (isAsked) return chargeDate !== dueDate;
  return chargeDate !== null && earliest !== null && chargeDate > earliest;
}

/** Why it does not fit; ends a sentence that begins with the debit. */
export function differenceWhy(collection: Collection, wanted: Wanted): string {
  const words: Readonly<Record<Difference, string>> = {
    client: `it is taken from client ${collection.clientId}, and the invoice belongs to client ${wanted.clientId} now`,
    creditor: `it goes to creditor ${collection.creditorId ?? ''}, and ${wanted.creditorId ?? ''} is the one that was chosen`,
    amount: `${formatMoney(wanted.outstanding)} is outstanding now`,
    date: `it is taken on ${collection.chargeDate ?? 'the earliest day'}, and the invoice is due on ${wanted.charge?.dueDate ?? 'no date'} now`,
  };
  return differencesOf(collection, wanted)
    .map((difference) => words[difference])
    .join('; ');
}
