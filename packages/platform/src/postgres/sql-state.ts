/** SQLSTATE of a Postgres error, '' of any other. */
export function sqlStateOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/**
 * Postgres refused what the row says, not the work: data exception (22), integrity (23), or a program limit such as an
 * index row that is too long (54). The same statement without that row would do.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isRefusedContent(error: unknown): boolean {
  return /^(22|23|54)...$/.test(sqlStateOf(error));
}
