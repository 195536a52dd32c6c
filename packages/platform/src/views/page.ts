import { createHash } from 'node:crypto';
import type { Database } from '../postgres/database.ts';

/** A piece of a list: `after` goes on towards older entries, `before` back towards newer ones. */
export interface PageQuestion {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  /** `capped`: how many there are as well, as far as COUNT_MAX. */
  readonly count?: 'capped' | undefined;
}

/** Counting stops here: more is said to be more. */
const COUNT_MAX = 1_000;

/** Newest first. A cursor is null where the list ends. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** For `after`. */
  readonly next: string | null;
  /** For `before`: there may be newer entries by now. */
  readonly previous: string | null;
  /** Of all pages, when it was asked for; at most COUNT_MAX. */
  readonly count?: number;
  /** There are more than that. */
  readonly isMore?: boolean;
}

/** A cursor that is damaged or belongs to another list. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/** How a list is read page by page, newest first. */
export interface PagedList {
  /** Part of each cursor, so that one of another list is refused. */
  readonly name: string;
  readonly select: string;
  readonly from: string;
  /** Conditions with `$1`… for `values`. */
  readonly where: readonly string[];
  readonly values: readonly unknown[];
  /** Sort columns, all descending; together unique. With the type a cursor's text is cast to. */
  readonly order: readonly { readonly column: string; readonly type: 'timestamptz' | 'text' | 'bigint' }[];
}

/** Row with the texts of its sort columns. */
type Placed<Row> = Row & { readonly place: readonly string[] };

/** One page. Reads one row more than asked for to know whether the list goes on. @throws CursorError */
export async function readPage<Row extends object>(
  database: Pick<Database, 'pool'>,
  list: PagedList,
  question: PageQuestion,
): Promise<Page<Row>> {
  const { limit, after, before } = question;
  if (after !== undefined && before !== undefined)
    throw new CursorError('after and before exclude each other');
  const isBack = before !== undefined;
  const cursor = after ?? before;
  const place = cursor === undefined ? null : placeOf(list, cursor);
  const [{ rows }, counted] = await Promise.all([
    database.pool.query<Placed<Row>>(sqlOf(list, { isBack, hasPlace: place !== null }), [
      ...list.values,
      ...(place ?? []),
      limit + 1,
    ]),
    question.count === undefined ? {} : cappedCount(database, list),
  ]);
  const kept = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  if (isBack) kept.reverse();
  const edge = (row: Placed<Row> | undefined) => (row === undefined ? null : cursorOf(list, row.place));
  // Towards where the page came from there is something, and towards newer ones there may be soon.
  const hasOlder = isBack || hasMore;
  return {
    items: kept.map(({ place: _place, ...row }) => row as unknown as Row),
    next: hasOlder ? edge(kept.at(-1)) : null,
    previous: isBack && !hasMore && kept.length === 0 ? null : edge(kept[0]),
    ...counted,
  };
}

async function cappedCount(
  database: Pick<Database, 'pool'>,
  { from, where, values }: PagedList,
): Promise<Pick<Page<never>, 'count' | 'isMore'>> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM ${from} ${whereOf(where)} LIMIT ${String(COUNT_MAX + 1)}) AS counted`,
    [...values],
  );
  const count = rows[0]?.count ?? 0;
  return { count: Math.min(count, COUNT_MAX), isMore: count > COUNT_MAX };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

function sqlOf(list: PagedList, { isBack, hasPlace }: { isBack: boolean; hasPlace: boolean }): string {
  const { select, from, where, values, order } = list;
  const at = (index: number): string => `$${String(values.length + 1 + index)}`;
  const columns = order.map(({ column }) => column).join(', ');
  const bounds = order.map(({ type }, index) => `${at(index)}::text::${type}`).join(', ');
  const conditions = hasPlace ? [...where, `(${columns}) ${isBack ? '>' : '<'} (${bounds})`] : where;
  const direction = isBack ? 'ASC' : 'DESC';
  const place = order.map(({ column }) => `${column}::text`).join(', ');
  return `SELECT ${select}, ARRAY[${place}] AS place FROM ${from}
    ${whereOf(conditions)}
    ORDER BY ${order.map(({ column }) => `${column} ${direction}`).join(', ')}
    LIMIT ${at(hasPlace ? order.length : 0)}`;
}

/** Short and not guessable by accident; not a secret. */
function nameTag({ name }: PagedList): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 6);
}

function cursorOf(list: PagedList, place: readonly string[]): string {
  return Buffer.from(JSON.stringify([nameTag(list), ...place])).toString('base64url');
}

const SHAPES = {
  timestamptz: /^\d{4}-[\d:. +-]{10,30}$/,
  text: /^[^\0]{1,300}$/,
  bigint: /^\d{1,18}$/,
} as const;

function placeOf(list: PagedList, cursor: string): string[] {
  const parts = parsed(cursor);
  const [tag, ...place] = parts;
  const fits = list.order.every(({ type }, index) => SHAPES[type].test(place[index] ?? ''));
  if (tag !== nameTag(list) || place.length !== list.order.length || !fits)
    throw new CursorError('this cursor is damaged or belongs to another list');
  return place;
}

function parsed(cursor: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.every((part) => typeof part === 'string')) return parts;
  } catch {
    // Said below.
  }
  return [];
}

/** What narrows a list; the values fill `$1`… of the conditions. */
export interface Conditions {
  readonly where: string[];
  readonly values: unknown[];
}

/** `column = ANY($n)` for each filter that is asked for; repeated values are alternatives. */
export function anyOf(
  start: readonly unknown[],
  filters: Readonly<Record<string, readonly string[] | undefined>>,
): Conditions {
  const values = [...start];
  const where: string[] = [];
  for (const [column, wanted] of Object.entries(filters)) {
    if (wanted === undefined || wanted.length === 0) continue;
    values.push([...wanted]);
    where.push(`${column} = ANY($${String(values.length)})`);
  }
  return { where, values };
}

/** Half-open: from this moment (or day, YYYY-MM-DD) on, up to before that one. */
export interface Span<Point = Date> {
  readonly from?: Point | undefined;
  readonly to?: Point | undefined;
}

/** Narrows to a span of a column. */
export function within<Point>(conditions: Conditions, column: string, { from, to }: Span<Point>): void {
  const { where, values } = conditions;
  if (from !== undefined) where.push(`${column} >= $${String(values.push(from))}`);
  if (to !== undefined) where.push(`${column} < $${String(values.push(to))}`);
}

/** Narrows to rows that hold the text, in any case, in one of the columns. */
export function containing(conditions: Conditions, columns: readonly string[], text?: string): void {
  if (text === undefined) return;
  const pattern = `%${text.replaceAll(/[%_\\]/g, '\\$&')}%`;
  const at = `$${String(conditions.values.push(pattern))}`;
  conditions.where.push(`(${columns.map((column) => `${column} ILIKE ${at}`).join(' OR ')})`);
}
