/** A SHA-256 in lower-case hex, injected because core imports nothing. */
export type Sha256Hex = (text: string) => string;

/**
 * Outbound idempotency key: the same on the tenth replay, different for every business, subject and step.
 * 32 hex characters, so that one key is never the beginning of another when it is searched for in a note.
 */
export function deriveKey(sha256: Sha256Hex, parts: readonly (string | number)[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

/**
 * Key of the n-th debit of an invoice of this FreshBooks account, sent to GoCardless as `Idempotency-Key`. Nothing of our own
 * is in it: an installation that lost its store derives the same.
 */
export function collectionKey(
  sha256: Sha256Hex,
  accountId: string,
  invoiceId: string,
  attempt: number,
): string {
  return deriveKey(sha256, ['collection', accountId, invoiceId, attempt]);
}

/**
 * Key of a posting. `cycle` counts how often the same provider payment was booked (1 at first; 2 after it failed late
 * and was retried under the same id). `accountId` is the FreshBooks account it is booked in, whatever the business is called
 * here: a store that is set up anew finds what an earlier one wrote into the books, and a month's report names the same keys.
 */
export function postingKey(
  sha256: Sha256Hex,
  posting: { accountId: string; kind: string; provider: string; sourceId: string; cycle: number },
): string {
  return deriveKey(sha256, [
    'posting',
    posting.accountId,
    posting.kind,
    posting.provider,
    posting.sourceId,
    posting.cycle,
  ]);
}

/** How a posting key is written into a note, found again by `noteCarriesKey`. */
export function keyInNote(key: string): string {
  return `mlc:${key}`;
}

/** True when the note carries exactly this key. */
export function noteCarriesKey(note: string, key: string): boolean {
  return note.split(/\s+/).includes(keyInNote(key));
}
