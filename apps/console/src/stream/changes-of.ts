import type { Subject } from '@mlc/core';

/** What a page may have to read again. */
export const CHANGE_KINDS = [
  'review.changed',
  'invoice.changed',
  'collection.changed',
  'posting.changed',
  'payout.changed',
  'dead-letter.changed',
  'connection.changed',
  'month.changed',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** As much of an audit entry as tells what changed. */
export interface ChangeEntry {
  readonly action: string;
  readonly subject: Subject;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Kinds by the noun of an action. */
const KINDS: Readonly<Record<string, readonly ChangeKind[]>> = {
  review: ['review.changed', 'invoice.changed'],
  collection: ['collection.changed', 'invoice.changed'],
  invoice: ['collection.changed', 'invoice.changed'],
  client: ['invoice.changed'],
  posting: ['posting.changed', 'invoice.changed'],
  payment: ['posting.changed', 'invoice.changed'],
  reversal: ['posting.changed', 'invoice.changed'],
  fee: ['posting.changed'],
  journal: ['posting.changed'],
  ledger: ['posting.changed', 'invoice.changed'],
  payout: ['payout.changed'],
  'dead-letter': ['dead-letter.changed'],
  period: ['month.changed'],
  business: ['connection.changed'],
  connection: ['connection.changed'],
  poll: ['connection.changed'],
};
const WHOLE: Readonly<Record<string, readonly ChangeKind[]>> = {
  'event.dead': ['dead-letter.changed'],
  'webhook.refused': ['connection.changed'],
  'webhook.stored': ['connection.changed'],
};

/** Ids by what changed; a kind without ids means "some of them". */
export function changesOf(entries: readonly ChangeEntry[]): ReadonlyMap<ChangeKind, ReadonlySet<string>> {
  const changes = new Map<ChangeKind, Set<string>>();
  for (const entry of entries) {
    const [noun = ''] = entry.action.split('.');
    for (const kind of WHOLE[entry.action] ?? KINDS[noun] ?? []) {
      const ids = changes.get(kind) ?? new Set<string>();
      for (const id of idsOf(kind, entry)) ids.add(id);
      changes.set(kind, ids);
    }
  }
  return changes;
}

function idsOf(kind: ChangeKind, { subject, details }: ChangeEntry): string[] {
  const named = (...names: string[]) => names.flatMap((name) => text(details[name]));
  switch (kind) {
    case 'review.changed':
      return named('reviewId');
    case 'invoice.changed':
      return [...new Set([...(subject.type === 'invoice' ? [subject.id] : []), ...named('invoiceId')])];
    case 'collection.changed':
      return subject.type === 'payment' ? [subject.id] : named('paymentId');
    case 'posting.changed':
      return named('key');
    case 'payout.changed':
    case 'dead-letter.changed':
    case 'connection.changed':
    case 'month.changed':
      return [subject.id];
  }
}

function text(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}
