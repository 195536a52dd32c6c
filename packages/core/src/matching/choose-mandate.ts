import type { Mandate } from '../ports/debits.ts';
import { withoutConsent } from './consent.ts';

/** `pending_customer_approval` is not usable: the payer has not agreed yet (design section 4). */
const USABLE: ReadonlySet<string> = new Set(['active', 'submitted', 'pending_submission']);

/** True when a debit may be created on it now. */
export function isUsable(mandate: Mandate): boolean {
  return USABLE.has(mandate.status) && withoutConsent(mandate) === null;
}

/** A suspended mandate goes on when its payer resumes it, and one that was consumed may still have its one debit. */
const ENDED: ReadonlySet<string> = new Set(['failed', 'cancelled', 'expired', 'blocked']);

/** True when nothing is taken on it any more, not even a retry (gocardless.md 2.4: only on an active mandate). */
export function hasEnded(mandate: Mandate): boolean {
  return ENDED.has(mandate.status);
}

export type MandateChoice =
  | { readonly kind: 'one'; readonly mandate: Mandate; readonly why: string }
  | { readonly kind: 'other-currency'; readonly currencies: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** The newest active mandate in the currency, else the newest usable one; the order never depends on the input's. */
export function chooseMandate(mandates: readonly Mandate[], currency: string): MandateChoice {
  const usable = mandates.filter(isUsable);
  if (usable.length === 0) return { kind: 'none', why: noneWhy(mandates) };
  const [best, ...others] = usable.filter((mandate) => mandate.currency === currency).sort(newestActiveFirst);
  if (best === undefined) {
    return {
      kind: 'other-currency',
      currencies: [...new Set(usable.map((mandate) => mandate.currency))].sort(),
    };
  }
  const why =
    others.length === 0
      ? `the only usable ${currency} mandate`
      : `newest ${best.status === 'active' ? 'active ' : ''}of ${others.length + 1} usable ${currency} mandates`;
  return { kind: 'one', mandate: best, why };
}

function newestActiveFirst(left: Mandate, right: Mandate): number {
  const byActivity = Number(right.status === 'active') - Number(left.status === 'active');
  if (byActivity !== 0) return byActivity;
  if (left.createdAt !== right.createdAt) return left.createdAt < right.createdAt ? 1 : -1;
  return left.id < right.id ? 1 : -1;
}

function noneWhy(mandates: readonly Mandate[]): string {
  if (mandates.length === 0) return 'the customer has no mandate';
  const whys = mandates.map((mandate) => {
    const why = USABLE.has(mandate.status) ? withoutConsent(mandate) : null;
    return why ?? mandate.status;
  });
  return `none of the customer's mandates is usable (${[...new Set(whys)].sort().join(', ')})`;
}
