import type { Posting } from '../ports/store.ts';

const BY_HAND = 'by hand: ';

/** How the note of a posting begins that a person asked for, in their words. */
export function byHandNote(note: string): string {
  return `${BY_HAND}${note}`;
}

/** True for a posting that a person asked for (`mlc postings reverse`): the money itself stayed where it was. */
export function isByHand(posting: Pick<Posting, 'note'>): boolean {
  return posting.note.startsWith(BY_HAND);
}
