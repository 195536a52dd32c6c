import { z } from 'zod';
import { failureOf } from '../shared/failure.ts';
import type { PaypalClient } from './client.ts';
import { inWords, type Outgoing } from './request.ts';
import { links } from './schema.ts';

const PAGES_MAX = 1_000;

type Page = Readonly<Record<string, unknown>>;

/** A list whose pages name the next one by a link. */
export interface LinkedList {
  readonly operation: string;
  readonly path: string;
  /** Of the first page. */
  readonly query: Readonly<Record<string, string>>;
  /** The member its elements are in. */
  readonly name: string;
  /** An account may have no such list at all: PayPal then says that it does not exist. */
  readonly mayBeMissing?: boolean;
}

/**
 * Every element of the list, page by page, as PayPal wrote it: one that cannot be read must not hide the others. Rejects with
 * ConnectorError.
 */
export async function* eachElement(
  client: PaypalClient,
  { operation, path, query: first, name, mayBeMissing = false }: LinkedList,
): AsyncGenerator<unknown, void, undefined> {
  const answer = z.looseObject({ [name]: z.array(z.unknown()).nullish(), links });
  const asked = new Set<string>();
  let query: LinkedList['query'] | null = first;
  for (let pages = 0; query !== null; pages += 1) {
    const outgoing: Outgoing = { operation, method: 'GET', path, query };
    const key = new URLSearchParams(query).toString();
    if (asked.has(key) || pages === PAGES_MAX)
      throw failureOf(inWords(outgoing), 'transient', 'its pages go in a circle');
    asked.add(key);
    const call = { ...outgoing, answer };
    const page: Page | null = mayBeMissing ? await client.find(call) : await client.send(call);
    const elements = (page?.[name] ?? []) as readonly unknown[];
    yield* elements;
    query = elements.length === 0 ? null : nextQuery(page?.['links'] as z.infer<typeof links>, path);
  }
}

/** Only the query of the link: its host is often the legacy one (paypal.md 0). A link to elsewhere is not followed. */
function nextQuery(all: z.infer<typeof links>, path: string): LinkedList['query'] | null {
  const next = all.find(({ rel }) => rel === 'next')?.href;
  if (next === undefined || !URL.canParse(next)) return null;
  const { pathname, searchParams } = new URL(next);
  return pathname === path ? Object.fromEntries(searchParams) : null;
}
