import type { Books } from '@mlc/core';
import { checkAccounts } from './policy-accounts.ts';
import { checkExpenses } from './policy-expenses.ts';
import type { BookingPolicy, PolicyFindings } from './policy-findings.ts';

/** Whether a policy names anything that has to be in FreshBooks. */
export function needsBooks({ paypalFees, gocardlessFees, payoutEntry }: BookingPolicy): boolean {
  return paypalFees === 'expense' || gocardlessFees === 'expense' || payoutEntry === 'journal';
}

/**
 * Asks FreshBooks for the categories, staff and accounts a policy books on. Only a definite "there is no such" is a
 * problem; where FreshBooks cannot be asked (network, permission) there is a notice instead. Never rejects for what
 * FreshBooks says. `businessUuid`: null when nobody told it; `knownUuid` what FreshBooks itself says it is.
 */
export async function checkBooksPolicy(
  policy: BookingPolicy,
  books: Books,
  { businessUuid, knownUuid }: { businessUuid: string | null; knownUuid: string | null },
): Promise<PolicyFindings> {
  const found: PolicyFindings[] = [];
  if (policy.paypalFees === 'expense' || policy.gocardlessFees === 'expense')
    found.push(await checkExpenses(policy.accounts, books));
  if (policy.payoutEntry === 'journal') {
    if (businessUuid === null) found.push(uuidMissing(knownUuid));
    const canAsk = businessUuid !== null || knownUuid !== null;
    found.push(await checkAccounts(policy, canAsk ? books : null));
  }
  return {
    problems: found.flatMap(({ problems }) => problems),
    notices: [...new Set(found.flatMap(({ notices }) => notices))],
  };
}

function uuidMissing(knownUuid: string | null): PolicyFindings {
  const what = knownUuid === null ? '' : `; FreshBooks says it is ${knownUuid}`;
  const message = `is missing: policy.payoutEntry is "journal"${what}`;
  return { problems: [{ path: 'connections.freshbooks.businessUuid', message }], notices: [] };
}
