import { ConnectorError, type Policy, type PolicyAccounts } from '@mlc/core';

/** The part of a policy that books something in FreshBooks besides payments. */
export type BookingPolicy = Pick<Policy, 'paypalFees' | 'gocardlessFees' | 'payoutEntry'> & {
  readonly accounts: PolicyAccounts;
};

/** A field of the business file that cannot be right, and what there is instead. */
export interface PolicyProblem {
  readonly path: string;
  readonly message: string;
}

/** What FreshBooks says to a policy. `notices`: what it could not be asked. */
export interface PolicyFindings {
  readonly problems: readonly PolicyProblem[];
  readonly notices: readonly string[];
}

/** What FreshBooks answered, or why it could not be asked. */
export type Asked<T> =
  { readonly rows: readonly T[]; readonly notice: null } | { readonly rows: null; readonly notice: string };

/** The rows, or a notice for people. */
export async function asked<T>(what: string, rows: Promise<readonly T[]>): Promise<Asked<T>> {
  try {
    return { rows: await rows, notice: null };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { rows: null, notice: `FreshBooks could not be asked for its ${what}: ${error.message}` };
  }
}

/** More names than this would not be read. */
const NAMED_MAX = 40;

/** What there is, for a person to choose from. */
export function named(rows: readonly { readonly key: string; readonly name: string }[]): string {
  if (rows.length === 0) return 'none';
  const names = rows.slice(0, NAMED_MAX).map(({ key, name }) => `${key} (${name})`);
  return `${names.join(', ')}${rows.length > NAMED_MAX ? ` and ${rows.length - NAMED_MAX} more` : ''}`;
}
