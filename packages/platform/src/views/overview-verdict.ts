import { formatMoney } from '@mlc/core';

/** What stands between the money of one currency and "it is right". */
export interface VerdictFacts {
  readonly currency: string;
  /** Open questions on money that is not where it belongs in the books. */
  readonly questions: number;
  /** What they are about together, as far as they name amounts. */
  readonly unexplainedMinor: bigint;
  /** Entries that FreshBooks refused. */
  readonly refusedEntries: number;
  /** Events that failed for good, of any currency. */
  readonly deadLetters: number;
  /** Sentences about providers that did not answer. */
  readonly unknown: readonly string[];
}

/** Whether the money is right, in one sentence, and what it stands on. */
export interface Verdict {
  readonly kind: 'right' | 'unexplained' | 'unknown';
  readonly sentence: string;
  readonly because: readonly string[];
}

/** Never `right` while a provider is silent, a question on money is open, an entry was refused or a dead letter exists. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const because = [...facts.unknown, ...openPoints(facts)];
  const [silent] = facts.unknown;
  if (silent !== undefined) return { kind: 'unknown', sentence: `Cannot be known now: ${silent}.`, because };
  if (because.length === 0)
    return { kind: 'right', sentence: 'Everything that arrived is in the books.', because };
  return { kind: 'unexplained', sentence: `${whatOf(facts)} not explained: ${because.join(', ')}.`, because };
}

function openPoints({ questions, refusedEntries, deadLetters }: VerdictFacts): string[] {
  return [
    ...counted(questions, 'open question about money', 'open questions about money'),
    ...counted(refusedEntries, 'entry that FreshBooks refused', 'entries that FreshBooks refused'),
    ...counted(deadLetters, 'event that failed for good', 'events that failed for good'),
  ];
}

function whatOf({ currency, unexplainedMinor }: VerdictFacts): string {
  return unexplainedMinor === 0n
    ? `Something in ${currency} is`
    : `${formatMoney({ minor: unexplainedMinor, currency })} ${unexplainedMinor === 1n ? 'is' : 'are'}`;
}

function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${String(count)} ${count === 1 ? one : many}`];
}
