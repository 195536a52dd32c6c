import type { ExpenseCategory, StaffMember } from '../ports/books.ts';

/** How accountants call what payment providers cost; compared without case. */
const FEE_CATEGORIES: ReadonlySet<string> = new Set([
  'bank fees',
  'bank charges',
  'merchant account fees',
  'payment processing fees',
]);

/** A choice by name: exactly one that fits, or none of them. */
export type ByName<T> =
  { readonly kind: 'one'; readonly chosen: T } | { readonly kind: 'unclear'; readonly fitting: readonly T[] };

/** The category provider fees go to when nobody named one: the only one that is called like it. */
export function chooseFeeCategory(categories: readonly ExpenseCategory[]): ByName<ExpenseCategory> {
  return onlyOne(categories.filter(({ name }) => FEE_CATEGORIES.has(name.trim().toLowerCase())));
}

/** The member of staff such expenses are booked under when nobody named one: the owner, or whoever is alone. */
export function chooseStaff(staff: readonly StaffMember[]): ByName<StaffMember> {
  const owners = staff.filter(({ isOwner }) => isOwner);
  return onlyOne(owners.length === 0 ? staff : owners);
}

function onlyOne<T>(fitting: readonly T[]): ByName<T> {
  const [chosen, ...others] = fitting;
  return chosen !== undefined && others.length === 0 ? { kind: 'one', chosen } : { kind: 'unclear', fitting };
}
