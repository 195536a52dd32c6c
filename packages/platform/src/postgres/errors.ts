/**
 * For updates of a row that must be there.
 * @throws when the statement changed none.
 */
export function requireOne(count: number, what: string): void {
  if (count === 0) throw new Error(`there is no ${what} of this business`);
}
