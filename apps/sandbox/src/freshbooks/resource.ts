import type { Body } from './body.ts';
import type { Books } from './books.ts';
import type { Page, Query } from './query.ts';

/** One authorised request on the books of one business. */
export interface Call {
  readonly books: Books;
  readonly query: Query;
}

/** An object as it goes on the wire. */
export type Wire = Readonly<Record<string, unknown>>;

/**
 * One resource of the accounting API: where it is, its keys in the envelope, and what can be done with it. Its
 * functions throw Refusal; what a resource cannot do is left out and answered 405.
 */
export interface Resource {
  /** Under `/accounting/account/{accountId}/`: the doubled segments are real (freshbooks.md 2.5). */
  readonly path: string;
  /** The object in `user:<object>:read|write`; null when any token will do. */
  readonly scope: string | null;
  /** Key of one object in requests and answers. */
  readonly one: string;
  /** Key of a list. */
  readonly many: string;
  readonly list?: (call: Call) => Page<Wire>;
  readonly read?: (call: Call, id: number) => Wire;
  readonly create?: (call: Call, body: Body) => Wire;
  readonly update?: (call: Call, id: number, body: Body) => Wire;
  readonly remove?: (call: Call, id: number) => void;
}

/** Puts the rows of a page on the wire. */
export function wirePage<Row>(page: Page<Row>, wire: (row: Row) => Wire): Page<Wire> {
  return { ...page, rows: page.rows.map(wire) };
}
