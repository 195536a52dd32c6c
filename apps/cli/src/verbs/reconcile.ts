import { resolve } from 'node:path';
import { type ReportFormat, summaryReader } from '@mlc/core';
import type { ReportQuestion } from '@mlc/platform/month/question';
import { printReport } from '@mlc/platform/month/report';
import type { Sink } from '@mlc/platform/month/sink';
import { isClosed } from '@mlc/platform/month/reopen-period';
import { proofsOf } from '../proofs.ts';
import { reconcileLines } from '../reconcile-text.ts';
import type { Call, Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { type OpenedProviders, withProviders } from '../with-providers.ts';
import { writeAtomically } from '../write-atomically.ts';

interface Options {
  readonly month: string;
  readonly format?: ReportFormat;
  readonly out?: string;
  readonly unproven?: boolean;
}

/** `mlc reconcile --month M`: the month's report, as it was when the month was closed, else as it is now. */
export const reconcile: Verb<Options> = (call) =>
  withProviders(call, async (opened) => {
    const question = await questionOf(call, opened);
    const { format, out, json } = call.options;
    const print = (sink: Sink) => printReport(opened.runtime.database, question, format ?? 'json', sink);
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

/** The providers are asked about an open month only: a closed one is proven as it was. */
async function questionOf(call: Call<Options>, opened: OpenedProviders): Promise<ReportQuestion> {
  const { database } = opened.runtime;
  const business = await oneBusiness(call, database);
  const { month, unproven } = call.options;
  const isKept = unproven === true || (await isClosed(database, business.id, month));
  return { business, month, proofs: isKept ? [] : await proofsOf(call, opened, { business, month }) };
}
