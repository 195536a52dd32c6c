const OBJECTS = [
  'bill_payments',
  'bill_vendors',
  'billable_items',
  'bills',
  'business',
  'clients',
  'credit_notes',
  'estimates',
  'expenses',
  'invoices',
  'journal_entries',
  'notifications',
  'online_payments',
  'other_income',
  'payments',
  'profile',
  'projects',
  'reports',
  'retainers',
  'taxes',
  'teams',
  'time_entries',
];
const READ_ONLY = new Set(['profile', 'notifications', 'reports']);

/** Every scope there is; `profile`, `notifications` and `reports` have no write (freshbooks.md 1.7). */
export const ALL_SCOPES: readonly string[] = OBJECTS.flatMap((object) =>
  READ_ONLY.has(object) ? [`user:${object}:read`] : [`user:${object}:read`, `user:${object}:write`],
);

/** Reads a requested scope; none means all. Null when one of them does not exist: that rejects the whole consent. */
export function grantedScopes(requested: string | null): readonly string[] | null {
  const wanted = (requested ?? '').split(' ').filter((scope) => scope !== '');
  if (wanted.length === 0) return ALL_SCOPES;
  if (!wanted.every((scope) => ALL_SCOPES.includes(scope))) return null;
  return [...new Set(['user:profile:read', ...wanted])];
}
