import { createHash } from 'node:crypto';
import { type ReportFacts, type ReportFormat, type RunningHash, sealedReport } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { withSnapshot } from './snapshot.ts';
import { reportFacts } from './facts.ts';
import type { ReportQuestion } from './question.ts';
import type { Sink } from './sink.ts';
import { printStored } from './stored.ts';

/**
 * Prints a month's report: as it was when the month was closed, else from the database as it is now. Flat memory, however
 * long the month.
 */
export function printReport(
  database: Database,
  question: ReportQuestion,
  format: ReportFormat,
  sink: Sink,
): Promise<void> {
  return withSnapshot(database, async (snapshot) => {
    const which = { businessId: question.business.id, month: question.month, format };
    if (await printStored(snapshot, which, sink)) return;
    await writeReport(reportFacts(snapshot, question), format, sink);
  });
}

/** Writes a report from its facts; returns its SHA-256. */
export async function writeReport(facts: ReportFacts, format: ReportFormat, sink: Sink): Promise<string> {
  const pieces = sealedReport(facts, format, runningSha256());
  for (;;) {
    const { done, value } = await pieces.next();
    if (done === true) return value;
    await sink(value);
  }
}

function runningSha256(): RunningHash {
  const hash = createHash('sha256');
  return {
    update: (text) => void hash.update(text, 'utf8'),
    hex: () => hash.digest('hex'),
  };
}
