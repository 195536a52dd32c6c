import { type FlowContext, LockBusyError, type Posting } from '@mlc/core';
import { ReversalRefusedError, reverseByHand } from '@mlc/flows';
import { jobLocks } from '@mlc/platform/locks/job-locks';
import { patientLocks } from '@mlc/platform/locks/patient';
import { openLocks } from '@mlc/platform/locks/locks';
import { storeFor } from '@mlc/platform/store/store';
import { listPostings, type PostingView } from '@mlc/platform/views/postings';
import { sha256Hex } from '@mlc/platform/clock/system';
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

/** A worker holds an invoice for as long as its calls take, most often well under this. */
const WAIT_MS = 5_000;

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
  wish: Parameters<typeof reverseByHand>[1],
): Promise<Posting> {
  const { database, clock, log, config } = runtime;
  const processLocks = openLocks(database.url, log);
  const locks = jobLocks(patientLocks(processLocks, { waitMs: WAIT_MS }));
  const context: FlowContext = {
    ...(await connections.of(businessId)),
    store: storeFor(database, businessId, { clock, fence: locks.fence }),
    locks,
    clock,
    log,
    sha256: sha256Hex,
    settleDelayMs: config.retry.settleDelayMs,
  };
  try {
    return await reverseByHand(context, wish);
  } catch (error) {
    if (error instanceof ReversalRefusedError) throw new RefusedError(error.message, { cause: error });
    if (error instanceof LockBusyError)
      throw new RefusedError(
        `it is still being worked on at this moment, after ${WAIT_MS / 1000} s: run this again`,
        { cause: error },
      );
    throw error;
  } finally {
    await locks.release().catch((error: unknown) => log.warn('flow.lock_lost', { businessId, error }));
    await processLocks.close();
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
