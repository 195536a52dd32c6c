/** Something with an id and a moment that orders it; the id breaks ties. */
export interface Orderable {
  readonly id: string;
  /** Any text that sorts in time: a date or an RFC 3339 moment. */
  readonly at: string;
}

/**
 * Payments and invoices that all fit each other, assigned one to one, the oldest to the oldest. Null when there are not
 * as many of the one as of the other: then nobody can tell which is meant. The answer depends on the sets only, never on
 * the order or repetition in which they came.
 */
export function assignOneToOne<I extends Orderable>(
  payments: readonly Orderable[],
  invoices: readonly I[],
): ReadonlyMap<string, I> | null {
  const sortedPayments = inOrder(payments);
  const sortedInvoices = inOrder(invoices);
  if (sortedPayments.length === 0 || sortedPayments.length !== sortedInvoices.length) return null;
  return new Map(
    sortedPayments.flatMap((payment, index) => {
      const invoice = sortedInvoices[index];
      return invoice === undefined ? [] : [[payment.id, invoice] as const];
    }),
  );
}

function inOrder<T extends Orderable>(things: readonly T[]): T[] {
  const unique = [...new Map(things.map((thing) => [thing.id, thing])).values()];
  return unique.sort((left, right) => compare(left.at, right.at) || compare(left.id, right.id));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
