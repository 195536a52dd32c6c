import { type Debit, type DebitNaming, formatMoney, type Invoice, sameMoney } from '@mlc/core';

/** Where a debit stands, as far as a second one beside it is concerned. */
export type Standing = 'running' | 'collected' | 'collected-long-ago' | 'ended';

/** A debit on a mandate of the client that no invoice has: made by an earlier installation, a person or another tool. */
export interface LooseDebit {
  readonly debit: Debit;
  readonly naming: DebitNaming;
  readonly standing: Standing;
}

/** What the debits on the client's mandates mean for making another one. */
export type LiveDecision =
  | { readonly kind: 'none' }
  /** Ours: they are on record from now on, and decide as any debit of the invoice does. */
  | { readonly kind: 'adopt'; readonly debits: readonly Debit[] }
  /** Somebody else's that collects this very invoice. */
  | { readonly kind: 'link'; readonly debit: Debit }
  /** Might collect this invoice: a person says, before anything is made. */
  | { readonly kind: 'risk'; readonly debits: readonly LooseDebit[] };

/** Section "Before a debit is made" of docs/decisions.md. */
export type LooseMeaning = 'adopt' | 'link' | 'risk' | 'none';

/** What one loose debit means for an invoice with this outstanding amount. */
export function meaningOf({ debit, naming, standing }: LooseDebit, { outstanding }: Invoice): LooseMeaning {
  if (naming === 'ours') return 'adopt';
  if (standing === 'ended' || naming === 'another') return 'none';
  const fits = sameMoney(debit.amount, outstanding);
  if (naming === 'this') return fits ? 'link' : 'risk';
  if (naming === 'perhaps') return 'risk';
  // What a plan takes is looked at by date (`decideSchedule`); an old payment was for something older.
  const isOfPlan = debit.subscriptionId !== null || debit.instalmentScheduleId !== null;
  return fits && !isOfPlan && standing !== 'collected-long-ago' ? 'risk' : 'none';
}

/** All of them together. Exactly one that collects this invoice is enough, whatever else runs beside it. */
export function decideLive(loose: readonly LooseDebit[], invoice: Invoice): LiveDecision {
  const meaning = (wanted: LooseMeaning): LooseDebit[] =>
    loose.filter((one) => meaningOf(one, invoice) === wanted);
  const ours = meaning('adopt');
  if (ours.length > 0) return { kind: 'adopt', debits: ours.map(({ debit }) => debit) };
  const fitting = meaning('link');
  const [only] = fitting;
  const named = loose.filter(({ naming, standing }) => naming === 'this' && standing !== 'ended');
  if (only !== undefined && named.length === 1) return { kind: 'link', debit: only.debit };
  const risky = [...fitting, ...meaning('risk')];
  return risky.length === 0 ? { kind: 'none' } : { kind: 'risk', debits: risky };
}

/** Why a debit might collect the invoice already; a clause. */
export function riskWhy({ debit, naming }: LooseDebit, invoice: Invoice): string {
  const name = `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} (${debit.status}, ${debit.chargeDate ?? 'no date yet'})`;
  if (naming === 'this') {
    return sameMoney(debit.amount, invoice.outstanding)
      ? `${name} names this invoice, and so does another one`
      : `${name} names this invoice, but is not ${formatMoney(invoice.outstanding)}`;
  }
  if (naming === 'perhaps') return `${name} may be for this invoice: it says ${textOf(debit)}`;
  return `${name} on the client's mandate ${debit.mandateId} has the same amount and does not say what it is for`;
}

function textOf({ description, reference }: Debit): string {
  return [description, reference].flatMap((text) => (text === null ? [] : `"${text}"`)).join(', ');
}
