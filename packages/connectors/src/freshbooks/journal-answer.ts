import { z } from 'zod';

/**
 * Nobody recorded what the current journal endpoint answers (freshbooks.md 3.7, 10), so its answers are read without
 * assuming where things stand: entries are looked for by the text of their number, wherever it is.
 */
export interface JournalAnswer {
  /** The objects of its list; null when there is no list in it. */
  readonly rows: readonly unknown[] | null;
  readonly whole: unknown;
}

/** Answers are small and flat; deeper than this nothing of ours stands. */
const MAX_DEPTH = 8;
/** Names an id may go by, the likelier first. */
const ID_NAMES = ['id', 'uuid', 'entryid', 'entryId', 'entryUuid', 'journalEntryId', 'journalEntryUuid'];

/** Any JSON object or list is an answer. */
export const journalAnswer: z.ZodType<JournalAnswer> = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())], 'expected an object')
  .transform((whole) => ({ whole, rows: listIn(whole) }));

/** The list nearest to the top; in answers of several entries that is the list of them. */
function listIn(whole: unknown): readonly unknown[] | null {
  let level: unknown[] = [whole];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const found = level.find((value) => Array.isArray(value));
    if (found !== undefined) return found as unknown[];
    level = level.flatMap(membersOf);
  }
  return null;
}

/** The ids of all entries with this number in an answer, in its order: one for each object of its list. */
export function idsOfNumber({ rows, whole }: JournalAnswer, number: string): readonly string[] {
  const ids = (rows ?? []).flatMap((row) => idOfNumber(row, number) ?? []);
  const elsewhere = idOfNumber(whole, number);
  return ids.length > 0 || elsewhere === null ? ids : [elsewhere];
}

/**
 * The id of the entry with this number somewhere in the value, the number itself when it names none; null when the number
 * is not there. Only a whole text counts, so that `MLC-PO1` is not found in `MLC-PO12` or in a description.
 */
export function idOfNumber(value: unknown, number: string): string | null {
  return search(value, number, { enclosing: [], depth: 0 });
}

interface Place {
  /** Objects around the value, the innermost first. */
  readonly enclosing: readonly Readonly<Record<string, unknown>>[];
  readonly depth: number;
}

function search(value: unknown, number: string, { enclosing, depth }: Place): string | null {
  if (value === number) return enclosing.map(ownId).find((id) => id !== null) ?? number;
  if (depth >= MAX_DEPTH) return null;
  // Beyond a list there are other entries: what encloses it has no id of this one.
  const around = isRecord(value) ? [value, ...enclosing] : Array.isArray(value) ? [] : enclosing;
  for (const member of membersOf(value)) {
    const id = search(member, number, { enclosing: around, depth: depth + 1 });
    if (id !== null) return id;
  }
  return null;
}

function ownId(row: Readonly<Record<string, unknown>>): string | null {
  for (const name of ID_NAMES) {
    const id = row[name];
    if (typeof id === 'number' || (typeof id === 'string' && id !== '')) return String(id);
  }
  return null;
}

function membersOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return isRecord(value) ? Object.values(value) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
