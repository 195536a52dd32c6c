import { sqlStateOf } from './sql-state.ts';

/** SQLSTATE of a fence that found gone the session that held a lock; the message is its number. */
const LOCK_LOST = 'MLC02';
/** Said by `mlc_require`; Prisma hides the code of an error in a place of its own. */
const NONE_CHANGED = 'mlc: no row was changed';

/** The change, made to fail in Postgres when there is no row for it. */
export function requiring(text: string): string {
  return `WITH changed AS (${text} RETURNING 1) SELECT mlc_require(count(*)) FROM changed`;
}

/** True for what such a statement fails with. */
export function isNoneChanged(error: unknown): boolean {
  return error instanceof Error && error.message.includes(NONE_CHANGED);
}

/** The number of the session that a fence found gone; null for any other failure. */
export function lostLife(error: unknown): string | null {
  return sqlStateOf(error) === LOCK_LOST && error instanceof Error ? error.message : null;
}
