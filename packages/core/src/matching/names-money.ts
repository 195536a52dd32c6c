import type { BookPayment } from '../ports/books.ts';

/**
 * True when an entry of the books names this money by its id at the provider, as a whole word in whatever field people and
 * tools put it: note, order or transaction id. Case does not count: ids get typed off by hand.
 */
export function namesMoney(
  { note, orderId, transactionId }: Pick<BookPayment, 'note' | 'orderId' | 'transactionId'>,
  id: string,
): boolean {
  const wanted = id.trim().toLowerCase();
  if (wanted === '') return false;
  return [note, orderId, transactionId].some((text) => hasWord((text ?? '').toLowerCase(), wanted));
}

/** The word between two characters that cannot be of an id. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    if (!isOfId(before) && !isOfId(after)) return true;
  }
  return false;
}

function isOfId(character: string): boolean {
  return /^[a-z0-9]$/.test(character);
}
