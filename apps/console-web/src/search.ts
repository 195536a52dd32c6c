/** What a page's address carries behind the question mark: each name with its values, in order. */
export type Search = Readonly<Record<string, readonly string[]>>;

/** Reads the part of an address behind the question mark. What is empty is not there. */
export function readSearch(text: string): Search {
  const found: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) if (value !== '') (found[name] ??= []).push(value);
  return found;
}

/** Writes it, names in alphabetical order, so that one state has one address. */
export function writeSearch(search: Search): string {
  const pairs = new URLSearchParams();
  for (const name of Object.keys(search).sort())
    for (const value of search[name] ?? []) if (value !== '') pairs.append(name, value);
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}

/** The same with other values for some names; no values take a name away. */
export function withSearch(search: Search, changes: Search): Search {
  return Object.fromEntries(
    Object.entries({ ...search, ...changes }).filter(([, values]) => values.length > 0),
  );
}

/** The single value of a name. */
export function one(search: Search, name: string): string | undefined {
  return search[name]?.[0];
}

/** The values of a name that are among these; undefined when none is: a hand-written address does no harm. */
export function among<Value extends string>(
  search: Search,
  name: string,
  allowed: readonly Value[],
): Value[] | undefined {
  const known = new Set<string>(allowed);
  const values = (search[name] ?? []).filter((value): value is Value => known.has(value));
  return values.length === 0 ? undefined : values;
}
