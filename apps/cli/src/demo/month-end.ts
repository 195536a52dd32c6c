import { type ReportFormat, type ReportSummary, summaryReader } from '@mlc/core';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import type { ReportQuestion } from '@mlc/platform/month/question';
import { printReport } from '@mlc/platform/month/report';
import { listPayouts } from '@mlc/platform/views/payouts';
import { tableText } from '../print.ts';
import { reconcileLines } from '../reconcile-text.ts';
import { PAYOUT_COLUMNS } from '../verbs/payouts-list.ts';
import { checkJournal } from './check-journal.ts';
import { checkMonth } from './check-month.ts';
import { MONTH, MONTH_END, MONTH_START } from './month.ts';
import type { Stage } from './stage.ts';

/** What stands on the screen at the end of the month, and what is wrong with it. */
export interface MonthEnd {
  readonly lines: readonly string[];
  readonly wrong: readonly string[];
}

/** The payouts and the month's reconciliation as `mlc` shows them, held against the simulated providers' own books. */
export async function closeMonth(stage: Stage): Promise<MonthEnd> {
  const { runtime, sandbox } = stage;
  const question = await questionOf(stage);
  const summary = await summaryOf(stage, question);
  const journal = await checkJournal(await textOf(stage, question, 'hledger'), summary.report);
  const payouts = await tableText(listPayouts(runtime.database), PAYOUT_COLUMNS);
  return {
    lines: [
      '',
      'Payouts (npx mlc payouts list)',
      payouts,
      '',
      `The end of the month (npx mlc reconcile --month ${MONTH}): what our ledger says each provider holds, and what it says itself`,
      ...(await reconcileLines(summary)),
      '',
      journal.line,
    ],
    wrong: [...checkMonth(sandbox, summary.report), ...journal.wrong],
  };
}

async function questionOf(stage: Stage): Promise<ReportQuestion> {
  const { runtime, businessId } = stage;
  const all = await listBusinesses(runtime.database.prisma);
  const business = all.find(({ id }) => id === businessId);
  if (business === undefined) throw new Error('the demo has lost its business');
  const proofs = await stage.proofs({ goLive: MONTH_START, lastDay: MONTH_END });
  return { business, month: MONTH, proofs };
}

async function summaryOf(stage: Stage, question: ReportQuestion): Promise<ReportSummary> {
  const reader = summaryReader();
  reader.push(await textOf(stage, question, 'json'));
  return reader.summary();
}

async function textOf({ runtime }: Stage, question: ReportQuestion, format: ReportFormat): Promise<string> {
  const pieces: string[] = [];
  await printReport(runtime.database, question, format, (piece) => {
    pieces.push(piece);
    return Promise.resolve();
  });
  return pieces.join('');
}
