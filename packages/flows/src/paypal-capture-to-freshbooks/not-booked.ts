import { type Capture, type FlowResult, type Job, WriteHeldError } from '@mlc/core';
import { record } from '../running/record.ts';
import { captureInLedger } from './capture-ledger.ts';

/** The run ended without the money on an invoice: the ledger keeps it as unallocated. */
export function aside(job: Job, capture: Capture, result: FlowResult): FlowResult {
  const kept = captureInLedger(job, { capture, standing: 'aside' });
  return { ...result, effects: [kept, ...result.effects] };
}

/** While the business observes, money that waits to be booked is there all the same: the ledger says so at once. */
export async function asideWhileHeld(
  job: Job,
  { capture, work }: { capture: Capture; work: () => Promise<FlowResult> },
): Promise<FlowResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WriteHeldError)
      await record(job, [captureInLedger(job, { capture, standing: 'aside' })]);
    throw error;
  }
}
