import { resolve } from 'node:path';
import { type ReportFormat, summaryReader } from '@mlc/core';
import { printReport, type Sink } from '@mlc/platform/db/reconciliation/report';
import type { ReportQuestion } from '@mlc/platform/db/reconciliation/question';
import { isClosed } from '@mlc/platform/db/reopen-period';
import type { Database } from '@mlc/platform/db/database';
import { proofsOf } from '../proofs.ts';
import { reconcileLines } from '../reconcile-text.ts';
import type { Call, Verb } from '../shell.ts';
import { oneBusiness, withStores } from '../stores.ts';
import { writeAtomically } from '../write-atomically.ts';

interface Options {
  readonly month: string;
  readonly format?: ReportFormat;
  readonly out?: string;
}

/** `mlc reconcile --month M`: the month's report, as it was when the month was closed, else as it is now. */
export const reconcile: Verb<Options> = (call) =>
  withStores(call, async ({ database }) => {
    const question = await questionOf(call, database);
    const { format, out, json } = call.options;
    const print = (sink: Sink) => printReport(database, question, format ?? 'json', sink);
    if (out !== undefined) {
      const path = resolve(call.shell.cwd ?? '.', out);
      await writeAtomically(path, print);
      call.shell.err(`${path}\n`);
    } else if (format !== undefined || json === true) {
      await print(call.shell.out);
    } else {
      const reader = summaryReader();
      await print((piece) => {
        reader.push(piece);
        return Promise.resolve();
      });
      await call.shell.out(`${(await reconcileLines(reader.summary())).join('\n')}\n`);
    }
    return 0;
  });

async function questionOf(call: Call<Options>, database: Database): Promise<ReportQuestion> {
  const business = await oneBusiness(call, database);
  const { month } = call.options;
  const isKept = await isClosed(database, business.id, month);
  return { business, month, proofs: isKept ? [] : await proofsOf(call, business, month) };
}
