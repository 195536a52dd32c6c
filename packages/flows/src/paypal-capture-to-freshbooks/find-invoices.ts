import type { Capture, FlowContext } from '@mlc/core';
import { gather, type Gathered } from '../shared/gather.ts';

/** Everything in the books that could belong to a capture: by reference, and by the payer's e-mail. */
export function findInvoices(context: FlowContext, capture: Capture): Promise<Gathered> {
  const { amount, references } = capture;
  return gather(context, { amount, references, payerEmail: () => context.captures.payerEmail(capture) });
}
