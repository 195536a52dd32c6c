import { type ReportSummary, summaryReader } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { printReport } from './report.ts';
import type { ReportQuestion } from './question.ts';

/** A month's report without its long lists: as it was when the month was closed, else as it is now. */
export async function monthSummary(database: Database, question: ReportQuestion): Promise<ReportSummary> {
  const reader = summaryReader();
  await printReport(database, question, 'json', (piece) => {
    reader.push(piece);
    return Promise.resolve();
  });
  return reader.summary();
}

/** What stands in the way of closing, each as people read it; none: it adds up, and it is proven. */
export function blockersOf({ report }: ReportSummary, isOver: boolean): readonly string[] {
  const { completeness, openReviews } = report;
  return [
    ...(isOver ? [] : [`${report.month} is not over`]),
    ...report.currencies.flatMap(({ currency, clearing }) =>
      clearing.flatMap((row) => differenceIn(currency, row)),
    ),
    ...counted(completeness.parked, 'event waits', 'events wait'),
    ...counted(completeness.dead, 'event failed for good', 'events failed for good'),
    ...counted(openReviews.length, 'question is open', 'questions are open'),
  ];
}

type Row = ReportSummary['report']['currencies'][number]['clearing'][number];

function differenceIn(currency: string, { provider, differenceMinor, differences = [] }: Row): string[] {
  if (differenceMinor === null)
    return [
      `${provider} ${currency} is not proven${differences[0] === undefined ? '' : `: ${differences[0].why}`}`,
    ];
  return differenceMinor === 0 ? [] : [`${provider} ${currency} differs`];
}

function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${String(count)} ${count === 1 ? one : many}`];
}
