import type { PostingView, ReviewView } from '@mlc/platform';
import type { Asked, Story } from './fates.ts';
import { debitOf, debitsOf, type Standing, standingOf, type TestInvoice } from './invoices.ts';

/** What differs between the providers' books and what the stories say; empty when all is right. */
export function wrongStandings(stories: readonly Story[]): unknown[] {
  const compare = (name: string, invoice: TestInvoice | null, shouldBe: Standing | undefined): unknown[] => {
    if (invoice === null) return [];
    const is = standingOf(invoice);
    const same = JSON.stringify(is) === JSON.stringify(shouldBe);
    return same ? [] : [{ invoice: invoice.number, fate: name, is, shouldBe }];
  };
  return stories.flatMap(({ invoice, twin, fate }) => [
    ...compare(fate.name, invoice, fate.expected),
    ...compare(`${fate.name} (twin)`, twin, fate.twin),
  ]);
}

/** Payments that stand or stood in the books without a posting of ours that says so: doubles, even removed ones. */
export function unexplainedPayments(stories: readonly Story[], postings: readonly PostingView[]): unknown[] {
  const known = new Set(
    postings.filter(({ kind }) => kind === 'payment').map(({ externalId }) => externalId),
  );
  return stories.flatMap(({ invoice }) =>
    invoice.business.desk.paymentsOf(invoice.id).filter(({ id }) => !known.has(String(id))),
  );
}

/** What differs between the open questions and what the stories say; empty when all is right. */
export function wrongQuestions(stories: readonly Story[], open: readonly ReviewView[]): unknown[] {
  const shouldBe = new Map<string, string>();
  for (const story of stories)
    for (const asked of story.fate.asked ?? []) shouldBe.set(questionOf(story, asked), story.fate.name);
  const is = open.map(({ kind, subject: { id }, amountMinor }) => `${kind} ${id} ${amountMinor ?? 0}`);
  const missing = [...shouldBe].filter(([question]) => !is.includes(question));
  return [
    ...missing.map(([question, fate]) => ({ question, fate, is: 'not asked' })),
    ...open
      .filter((_, index) => !shouldBe.has(is[index] ?? ''))
      .map(({ kind, subject, reasons }) => ({ kind, fate: fateOf(stories, subject.id), is: reasons })),
  ];
}

function questionOf({ invoice, twin, papers }: Story, { kind, about, amount }: Asked): string {
  const ids = { invoice: invoice.id, twin: twin?.id };
  const id = about === 'debit' ? debitOf(invoice).id : typeof about === 'number' ? papers[about] : ids[about];
  return `${kind} ${String(id)} ${Math.round(Number(amount) * 100)}`;
}

function fateOf(stories: readonly Story[], id: string): string {
  const isAbout = ({ invoice, twin, papers }: Story): boolean =>
    [String(invoice.id), String(twin?.id), ...papers, ...debitsOf(invoice).map((debit) => debit.id)].includes(
      id,
    );
  return stories.find(isAbout)?.fate.name ?? 'no story';
}
