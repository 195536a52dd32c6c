import { type FlowContext, type Posting, type PostingKind, postingKey } from '@mlc/core';
import type { ToPost } from './to-post.ts';

/** What a key of a posting is derived from, besides the FreshBooks account. */
interface Keyed {
  /** The posting's kind, or the kind of its reversal. */
  readonly kind: string;
  readonly source: Posting['source'];
  readonly cycle: number;
}

/** The key of a new entry in the books. One that is recorded already keeps the key it has. */
export function newPostingKey({ sha256, books }: FlowContext, { kind, source, cycle }: Keyed): string {
  const { provider, id: sourceId } = source;
  return postingKey(sha256, { accountId: books.accountId, kind, provider, sourceId, cycle });
}

/**
 * Every key under which an entry may stand in the books: the new one first, then the one that was derived from the
 * business's short name before. A store that was lost does not know which of them it was.
 */
export function keysInBooks(context: FlowContext, keyed: Keyed): readonly string[] {
  const { sha256, business } = context;
  const { kind, source, cycle } = keyed;
  const { provider, id: sourceId } = source;
  const former = postingKey(sha256, { accountId: business.slug, kind, provider, sourceId, cycle });
  return [newPostingKey(context, keyed), former];
}

/** The keys an entry of this money may carry in its note; the one it would be entered (or was recorded) under first. */
export function paymentKeys(
  context: FlowContext,
  { money: { provider, id }, cycle, earlier }: Pick<ToPost, 'money' | 'cycle' | 'earlier'>,
): readonly [string, ...string[]] {
  const keyed = { kind: 'payment', source: { provider, id }, cycle };
  return [earlier?.key ?? newPostingKey(context, keyed), ...keysInBooks(context, keyed)];
}

/** The only entry of this kind that a source has here, under whichever key; null when there is none. */
export async function postingOf(
  { store }: FlowContext,
  kind: PostingKind,
  source: Posting['source'],
): Promise<Posting | null> {
  const postings = await store.postings.ofSource(source.provider, source.id);
  return postings.find((posting) => posting.kind === kind) ?? null;
}

/** The reversal of a posting that is recorded already and that `isIt` accepts; null when there is none. */
export async function reversalOf(
  { store }: FlowContext,
  { key, source }: Posting,
  isIt: (reversal: Posting) => boolean = () => true,
): Promise<Posting | null> {
  const postings = await store.postings.ofSource(source.provider, source.id);
  return postings.find((posting) => posting.reversesKey === key && isIt(posting)) ?? null;
}
