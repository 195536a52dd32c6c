/** Names of columns as the product says them (`invoiceId`) and as Postgres does (`invoice_id`). */
function columnOf(name: string): string {
  return `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`;
}

/** What comes after SELECT or RETURNING, so that rows have the product's names. */
export function selected(names: readonly string[]): string {
  return names.map((name) => `${columnOf(name)} AS "${name}"`).join(', ');
}

/** A statement with its values. */
export interface Bound {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Columns = Readonly<Record<string, unknown>>;

/** INSERT of one row; what comes after it (ON CONFLICT, RETURNING) is the caller's. */
export function insertion(table: string, row: Columns): Bound {
  const names = Object.keys(row);
  return {
    text: `INSERT INTO ${table} (${names.map(columnOf).join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    values: Object.values(row),
  };
}

/** INSERT of one row that changes some columns of the one that has its key already; what comes after it is the caller's. */
export function upsertion(
  table: string,
  row: Columns,
  { key, changed }: { readonly key: string; readonly changed: readonly string[] },
): Bound {
  const { text, values } = insertion(table, row);
  const sets = [...changed].sort().map((name) => `${columnOf(name)} = EXCLUDED.${columnOf(name)}`);
  return { text: `${text} ON CONFLICT (${columnOf(key)}) DO UPDATE SET ${sets.join(', ')}`, values };
}

/** What many rows are like: Postgres's types by column, and columns that SQL computes of those given. */
export interface RowShape {
  readonly types: Readonly<Record<string, string>>;
  readonly computed?: Readonly<Record<string, string>>;
}

/** INSERT of any number of rows as one statement, whose text does not depend on how many. */
export function insertionOfMany(
  table: string,
  { types, computed = {} }: RowShape,
  rows: readonly Columns[],
): Bound {
  const names = Object.keys(types);
  const columns = names.map(columnOf).join(', ');
  const asked = names.map((name) => computed[name] ?? columnOf(name)).join(', ');
  const lists = Object.values(types).map((type, index) => `$${index + 1}::${type}[]`);
  return {
    text: `INSERT INTO ${table} (${columns}) SELECT ${asked} FROM unnest(${lists.join(', ')}) AS given(${columns})`,
    values: names.map((name) => rows.map((row) => row[name] ?? null)),
  };
}

/** UPDATE of what is not undefined in `changes`, in rows with exactly these columns. */
export function update(table: string, changes: Columns, where: Columns): Bound {
  const names = Object.keys(changes)
    .filter((name) => changes[name] !== undefined)
    .sort();
  const keys = Object.keys(where);
  const sets = names.map((name, index) => `${columnOf(name)} = $${index + 1}`);
  const conditions = keys.map((key, index) => `${columnOf(key)} = $${names.length + index + 1}`);
  return {
    text: `UPDATE ${table} SET ${sets.join(', ')} WHERE ${conditions.join(' AND ')}`,
    values: [...names.map((name) => changes[name]), ...Object.values(where)],
  };
}
