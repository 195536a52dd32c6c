/** For updates of a row that must be there. */
export function noSuch(what: string): Error {
  return new Error(`there is no ${what} of this business`);
}
