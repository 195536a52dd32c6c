import { type Books, type ByName, chooseFeeCategory, chooseStaff, type PolicyAccounts } from '@mlc/core';
import { type Asked, asked, named, type PolicyFindings, type PolicyProblem } from './policy-findings.ts';

interface Choosable {
  readonly id: number;
  readonly name: string;
}

/** Category and staff of expenses: those named must exist, those left out must be plain. */
export async function checkExpenses(accounts: PolicyAccounts, books: Books): Promise<PolicyFindings> {
  const categories = await asked('expense categories', books.listExpenseCategories());
  const staff = await asked('staff', books.listStaff());
  const problems = [
    problemOf('feeExpenseCategoryId', accounts.feeExpenseCategoryId, categories, chooseFeeCategory),
    problemOf('staffId', accounts.staffId, staff, chooseStaff),
  ];
  return {
    problems: problems.filter((problem) => problem !== null),
    notices: [categories, staff].flatMap(({ notice }) => notice ?? []),
  };
}

function problemOf<T extends Choosable>(
  field: 'feeExpenseCategoryId' | 'staffId',
  wanted: number | null,
  { rows }: Asked<T>,
  choose: (rows: readonly T[]) => ByName<T>,
): PolicyProblem | null {
  if (rows === null) return null;
  const path = `policy.accounts.${field}`;
  const there = `FreshBooks has: ${named(rows.map(({ id, name }) => ({ key: String(id), name })))}`;
  if (wanted !== null) {
    const exists = rows.some(({ id }) => id === wanted);
    return exists ? null : { path, message: `there is no ${wanted} in FreshBooks; ${there}` };
  }
  const choice = choose(rows);
  if (choice.kind === 'one') return null;
  const why = choice.fitting.length === 0 ? 'none fits by its name' : 'several fit by their names';
  return { path, message: `is missing, and ${why}: choose one; ${there}` };
}
