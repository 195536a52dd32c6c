import { isMirror, type LedgerEntry, mirrorOf } from './entry.ts';

/** Of these entries those that are wanted and that nothing has taken back. */
export function openEntries(
  entries: readonly LedgerEntry[],
  isWanted: (entry: LedgerEntry) => boolean,
): LedgerEntry[] {
  const mirrors = new Set(entries.filter(isMirror).map(({ key }) => key));
  return entries.filter(
    (entry) =>
      !isMirror(entry) && isWanted(entry) && !mirrors.has(mirrorOf(entry, { eventId: null, why: '' }).key),
  );
}

/** The key, or with a number after it when it was used: what was taken back can come true again. */
export function freshKey(key: string, entries: readonly LedgerEntry[]): string {
  const used = new Set(entries.map((entry) => entry.key));
  if (!used.has(key)) return key;
  let times = 2;
  while (used.has(`${key}:${times}`)) times += 1;
  return `${key}:${times}`;
}
