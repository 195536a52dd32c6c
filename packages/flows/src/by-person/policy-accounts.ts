import type { Books, LedgerAccount } from '@mlc/core';
import {
  asked,
  type BookingPolicy,
  named,
  type PolicyFindings,
  type PolicyProblem,
} from './policy-findings.ts';

type Field = 'bankAccountUuid' | 'clearingAccountUuid' | 'feeAccountUuid';

/** The accounts of a journal entry: named, different, and there. `books` null: FreshBooks cannot be asked for them. */
export async function checkAccounts(policy: BookingPolicy, books: Books | null): Promise<PolicyFindings> {
  const { rows, notice } =
    books === null
      ? { rows: null, notice: null }
      : await asked('chart of accounts', books.listLedgerAccounts());
  const problems = neededFields(policy).flatMap((field) => problemOf(policy, field, rows) ?? []);
  return { problems, notices: notice === null ? [] : [notice] };
}

/** Fees that become an expense have no line in the entry. */
function neededFields({ gocardlessFees }: BookingPolicy): readonly Field[] {
  const always = ['bankAccountUuid', 'clearingAccountUuid'] as const;
  return gocardlessFees === 'expense' ? always : [...always, 'feeAccountUuid'];
}

function problemOf(
  policy: BookingPolicy,
  field: Field,
  rows: readonly LedgerAccount[] | null,
): PolicyProblem | null {
  const path = `policy.accounts.${field}`;
  const wanted = policy.accounts[field]?.toLowerCase() ?? null;
  const there =
    rows === null
      ? ''
      : `; FreshBooks has: ${named(rows.map(({ uuid, name, type }) => ({ key: uuid, name: `${name}, ${type}` })))}`;
  if (wanted === null) return { path, message: `is missing: policy.payoutEntry is "journal"${there}` };
  const same = neededFields(policy).find(
    (other) => other !== field && policy.accounts[other]?.toLowerCase() === wanted,
  );
  if (same !== undefined) return { path, message: `must not be the account of ${same} too${there}` };
  const exists = rows === null || rows.some(({ uuid }) => uuid.toLowerCase() === wanted);
  return exists ? null : { path, message: `there is no such account in FreshBooks${there}` };
}
