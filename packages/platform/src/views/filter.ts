/** Narrows a list to one business; without it all businesses are shown. */
export interface ViewFilter {
  readonly businessId?: string | undefined;
}

/** The WHERE clause of a filter by exact columns; what is undefined does not filter. */
export function whereEquals(columns: Readonly<Record<string, string | undefined>>): {
  text: string;
  values: string[];
} {
  const asked = Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [{ column, value }],
  );
  const conditions = asked.map(({ column }, index) => `${column} = $${String(index + 1)}`);
  return {
    text: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    values: asked.map(({ value }) => value),
  };
}
