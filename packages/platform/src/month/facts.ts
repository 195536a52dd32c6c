import {
  clearingRows,
  differencesOf,
  type ClearingRow,
  type Difference,
  holdingsOf,
  type ReportFacts,
} from '@mlc/core';
import type { Snapshot } from './snapshot.ts';
import { completenessOf } from './completeness.ts';
import { ledgerHoldings } from './holdings.ts';
import { monthInvoices } from './invoices.ts';
import { openReviews } from './open-reviews.ts';
import { monthPostings } from './postings.ts';
import type { ReportQuestion } from './question.ts';
import { accountBalances, clearingSums } from './sums.ts';
import { monthTransactions } from './transactions.ts';

/** What a report is written from, read from one state of the database. */
export function reportFacts(snapshot: Snapshot, question: ReportQuestion): ReportFacts {
  return {
    business: question.business.slug,
    month: question.month,
    clearing: async () => clearingRows(await clearingSums(snapshot, question), question.proofs),
    differences: (row) => differences(snapshot, question, row),
    accounts: () => accountBalances(snapshot, question),
    transactions: () => monthTransactions(snapshot, question),
    invoices: () => monthInvoices(snapshot, question),
    postings: () => monthPostings(snapshot, question),
    openReviews: () => openReviews(snapshot, question),
    completeness: () => completenessOf(snapshot, question),
  };
}

async function* differences(
  snapshot: Snapshot,
  question: ReportQuestion,
  row: ClearingRow,
): AsyncGenerator<Difference> {
  if (row.unprovenWhy !== null) {
    yield { id: row.provider, amountMinor: null, why: row.unprovenWhy };
    return;
  }
  yield* differencesOf(row, ledgerHoldings(snapshot, question, row), holdingsOf(row, question.proofs));
}
