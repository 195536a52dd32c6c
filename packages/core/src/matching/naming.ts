/** `named`: without a doubt · `mentioned`: it is in the text, perhaps as a part of another number · `none`. */
export type Naming = 'named' | 'mentioned' | 'none';

const WORD = String.raw`[\p{L}\p{N}]`;
/** What holds the parts of one number together: `4401/2` is another invoice than `4401`. */
const JOINER = '[-/._]';
const NOT_IN_A_WORD = `(?<!${WORD})`;
const INVOICE = '(?:invoices?|rechnung(?:en)?|factures?|facturas?|fattur[ae])';
const SHORT_INVOICE = '(?:inv|bills?|ref(?:erence)?)';
const NUMBER_SIGN = String.raw`(?:(?:no|nr|num|number|id|n°)[\s.:]*)?#?\s*`;
/** Numbers before it in a list: "Invoices 12, 13 & 14". */
const LISTED = String.raw`(?:${WORD}+(?:${JOINER}${WORD}+)*\s*(?:,|;|&|\+|\band\b|\bund\b|\bet\b)\s*#?)*`;

/** What stands before a number to say that it is an invoice's. "INV-" may as well be its beginning. */
const INTRODUCES = new RegExp(
  `(?:${NOT_IN_A_WORD}(?:${INVOICE}[\\s.:_-]*|${SHORT_INVOICE}[\\s.:]*)${NUMBER_SIGN}${LISTED}|#\\s*)$`,
  'u',
);
const INV_JOINED = new RegExp(`${NOT_IN_A_WORD}inv[-_]$`, 'u');
const ENDS_IN_WORD = new RegExp(`${WORD}$`, 'u');
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');
const JOINED_BEFORE = new RegExp(`${WORD}${JOINER}$`, 'u');
const JOINED_AFTER = new RegExp(`^${JOINER}${WORD}`, 'u');
const TOKEN = new RegExp(`${WORD}+(?:${JOINER}${WORD}+)*`, 'gu');
const NO_WORD = new RegExp(`^[^\\p{L}\\p{N}]*$`, 'u');

/** Texts are cut there: providers allow less (gocardless.md 1.6), and a pattern must not run for long. */
const TEXT_MAX = 500;
/** Each is a call to the books. */
const NUMBERS_MAX = 4;
/** A text of more words is no number itself. */
const WORDS_MAX = 3;

/**
 * Whether a text that a person or another tool wrote (a reference, a description) names this invoice number: as a whole token,
 * any case, leading zeros kept. A short number, or one without digits, counts only alone or introduced ("Invoice 2", "#2").
 */
export function namingOf(text: string, number: string): Naming {
  const wanted = comparable(number);
  const searched = comparable(text).slice(0, TEXT_MAX);
  if (wanted === '') return 'none';
  let best: Naming = 'none';
  for (let at = searched.indexOf(wanted); at !== -1; at = searched.indexOf(wanted, at + 1)) {
    const naming = namingAt(searched.slice(0, at), wanted, searched.slice(at + wanted.length));
    if (naming === 'named') return naming;
    if (naming === 'mentioned') best = naming;
  }
  return best;
}

/** The numbers a text might name, as they are written, the likeliest first; few, because each is looked for in the books. */
export function numbersIn(text: string): string[] {
  const written = text.normalize('NFKC').replace(/\s+/g, ' ').trim().slice(0, TEXT_MAX);
  const tokens = (written.match(TOKEN) ?? []).flatMap((token) => [token, afterKeyword(token)]);
  const named = tokens.filter((token) => token !== written && isNumber(token, written));
  const startsAsInvoice = new RegExp(`^${INVOICE}\\s`, 'iu').test(written);
  const isNumberItself = written !== '' && !startsAsInvoice && written.split(' ').length <= WORDS_MAX;
  return [...new Set([...(isNumberItself ? [written] : []), ...named])].slice(0, NUMBERS_MAX);
}

/** A word without digits is a number only at the end: "Invoice JAN", but not "Invoice no. 2". */
function isNumber(token: string, written: string): boolean {
  return (/\d/.test(token) || written.endsWith(token)) && namingOf(written, token) === 'named';
}

/** "Invoice-4401" is written as one word. */
function afterKeyword(token: string): string {
  return token.replace(new RegExp(`^${INVOICE}${JOINER}?`, 'iu'), '');
}

/** Folded so that what looks alike is alike: case, kinds of dashes and spaces. */
function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Pd}/gu, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function namingAt(before: string, number: string, after: string): Naming {
  const isIntroduced = INTRODUCES.test(before);
  if (isPartOfWord({ before, number, after, isIntroduced })) return 'none';
  const isJoinedBefore = JOINED_BEFORE.test(before) && !isIntroduced;
  const isJoined = isJoinedBefore || JOINED_AFTER.test(after);
  const isAlone = NO_WORD.test(before) && NO_WORD.test(after);
  const counts = isDistinctive(number) || isIntroduced || isAlone || INV_JOINED.test(before);
  if (!counts) return 'none';
  return isJoined ? 'mentioned' : 'named';
}

interface Occurrence {
  readonly before: string;
  readonly number: string;
  readonly after: string;
  readonly isIntroduced: boolean;
}

/** `0000002` in `10000002`; but "Invoice0000002" is a word and a number. */
function isPartOfWord({ before, number, after, isIntroduced }: Occurrence): boolean {
  const goesOn = ENDS_IN_WORD.test(number) && STARTS_WITH_WORD.test(after);
  const hasBegun = STARTS_WITH_WORD.test(number) && ENDS_IN_WORD.test(before);
  return goesOn || (hasBegun && !(isIntroduced && /^\d/.test(number)));
}

/** Not found by chance in a text about something else, as a year or a quantity is. */
function isDistinctive(number: string): boolean {
  if (!/\d/.test(number)) return false;
  if (!/^\d+$/.test(number)) return number.length >= 4;
  return number.length >= 5 || (number.startsWith('0') && number.length >= 3);
}
