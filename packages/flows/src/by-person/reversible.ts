import { type FlowContext, isByHand, type Posting } from '@mlc/core';

/** The posting with this key, when a person may take it back. @throws ReversalRefusedError that says why not. */
export async function reversiblePosting(context: FlowContext, key: string): Promise<Posting> {
  const posting = await context.store.postings.byKey(key);
  if (posting === null) throw new ReversalRefusedError(await unknownKey(context, key));
  const why = obstacle(posting) ?? (await underWay(context, posting));
  if (why !== null) throw new ReversalRefusedError(`posting ${key} ${why}`);
  return posting;
}

/** A key is no payment id, but a person may well have one in hand. */
async function unknownKey({ business, books }: FlowContext, key: string): Promise<string> {
  const seen = 'mlc postings list shows them';
  if (!/^\d{1,15}$/.test(key)) return `there is no posting ${key} of ${business.slug}; ${seen}`;
  const payment = await books.getPayment(key).catch(() => null);
  if (payment === null) return `there is no posting ${key} of ${business.slug}; ${seen}`;
  const ours = /(?:^|\s)mlc:([0-9a-f]{32})(?:\s|$)/.exec(payment.note)?.[1];
  return ours === undefined
    ? `payment ${key} was entered into FreshBooks by somebody else: take it back there`
    : `payment ${key} is named by its posting: mlc postings reverse ${ours}`;
}

/** Ends a sentence that begins with the posting. */
function obstacle({ kind, state }: Posting): string | null {
  if (kind === 'reversal') return 'is a reversal itself: what it took back is booked again by its own event';
  switch (state) {
    case 'posted':
      return null;
    case 'reversed':
      return 'was taken back already';
    case 'rejected':
      return 'never got into the books';
    case 'intent':
      return 'is being booked, and how that ends is not known yet: try again when mlc postings list says posted';
  }
}

/** Another reversal of it that was begun by a flow; one by hand is finished by asking for it again. */
async function underWay({ store }: FlowContext, { key, source }: Posting): Promise<string | null> {
  const all = await store.postings.ofSource(source.provider, source.id);
  const other = all.find(
    (posting) => posting.reversesKey === key && posting.state === 'intent' && !isByHand(posting),
  );
  return other === undefined ? null : `is being taken back already (${other.key})`;
}

/** A posting that cannot be taken back; the message says why and what to do. */
export class ReversalRefusedError extends Error {
  override readonly name = 'ReversalRefusedError';
}
