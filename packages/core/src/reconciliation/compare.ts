/**
 * Order of texts by their UTF-16 code units: the same on every machine, whatever its locale. For the ids and keys of the
 * providers (ASCII) it is the order of Postgres' collation "C" too.
 */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Order of rows by several texts, the first that differs decides. */
export function compareBy<Row>(
  ...texts: readonly ((row: Row) => string)[]
): (left: Row, right: Row) => number {
  return (left, right) => {
    for (const of of texts) {
      const order = compareText(of(left), of(right));
      if (order !== 0) return order;
    }
    return 0;
  };
}
