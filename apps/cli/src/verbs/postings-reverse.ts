import { LockBusyError, type Posting } from '@mlc/core';
import { ReversalRefusedError, type ReversalWish } from '@mlc/flows';
import { listPostings, type PostingView } from '@mlc/platform/views/postings';
import { reversePosting, REVERSAL_WAIT_MS } from '@mlc/worker';
import { amountText } from '../amount-text.ts';
import { printDocument } from '../print.ts';
import { RefusedError, UsageError, type Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { type OpenedProviders, withProviders } from '../with-providers.ts';

interface Options {
  readonly note: string;
}

/** `mlc postings reverse KEY --note T`: takes a posting of ours back, once no worker has it in hand; prints the reversal. */
export const postingsReverse: Verb<Options> = (call) => {
  const note = call.options.note.trim();
  if (note === '') throw new UsageError('--note must say why: it is kept in the books and the audit log');
  return withProviders(call, async (opened) => {
    const { id } = await oneBusiness(call, opened.runtime.database);
    const reversal = await reversed(opened, id, { key: call.args[0] ?? '', note, by: 'cli' });
    const view = await viewOf(opened, id, reversal);
    const held = heldInvoice(reversal);
    await printDocument(call, view, [
      `${amountText(view) ?? ''} of ${view.source.provider} ${view.source.id} is taken back on ${view.date}`,
      `  reversal: ${view.key}`,
      ...(held === null
        ? []
        : [`  the money itself stayed: mlc reviews list asks where it belongs`, `  ${held}`]),
    ]);
    if (held !== null && call.options.json === true) call.shell.err(`${held}\n`);
    return 0;
  });
};

/** What becomes of the invoice that money came off; null for an entry that was on none. */
function heldInvoice({ invoiceId, invoiceNumber }: Posting): string | null {
  if (invoiceId === null) return null;
  return (
    `invoice ${invoiceNumber ?? invoiceId} is not collected while its money waits for its place: match it with another ` +
    `invoice, or mlc collections release --invoice ${invoiceNumber ?? invoiceId} collects it all the same`
  );
}

/** @throws RefusedError in words that say what to do. */
async function reversed(
  { runtime, connections }: OpenedProviders,
  businessId: string,
  wish: ReversalWish,
): Promise<Posting> {
  try {
    return await reversePosting({ ...runtime, connections: () => connections }, businessId, wish);
  } catch (error) {
    if (error instanceof ReversalRefusedError) throw new RefusedError(error.message, { cause: error });
    if (error instanceof LockBusyError)
      throw new RefusedError(
        `it is still being worked on at this moment, after ${REVERSAL_WAIT_MS / 1000} s: run this again`,
        { cause: error },
      );
    throw error;
  }
}

async function viewOf(
  { runtime }: OpenedProviders,
  businessId: string,
  { key }: Posting,
): Promise<PostingView> {
  for await (const view of listPostings(runtime.database, { businessId })) if (view.key === key) return view;
  throw new Error(`posting ${key} is gone`);
}
