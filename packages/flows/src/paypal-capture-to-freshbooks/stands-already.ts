import {
  type BookPayment,
  candidatesOf,
  type Capture,
  type FlowContext,
  type FlowResult,
  type Job,
  matchInvoice,
  type Posting,
} from '@mlc/core';
import { askWhetherBooked, recordFound } from '../booking/found-in-books.ts';
import type { Gathered } from '../booking/find-invoices.ts';
import { type InTheBooks, lookInTheBooks } from '../booking/in-the-books.ts';
import { withFee } from './capture-ledger.ts';
import { captureMoney } from '../ledger/money-in.ts';
import { aside } from './not-booked.ts';

/** A capture, and how many times it was booked, counting the one to come. */
export interface ToFind {
  readonly capture: Capture;
  readonly cycle: number;
}

/** Whether a capture stands in the books already, whatever it is found to be for. */
export async function lookForCapture(
  context: FlowContext,
  { capture, cycle }: ToFind,
  { facts, clientIds }: Gathered,
): Promise<InTheBooks> {
  const sought = { money: captureMoney(context, capture), cycle };
  return lookInTheBooks(context, sought, { invoices: facts.byReference, clientIds });
}

/** An entry that was taken back is followed by the next one; any other is gone on with. */
export function cycleOf(postings: readonly Posting[]): { cycle: number; earlier: Posting | null } {
  const newest = postings.findLast(({ kind }) => kind === 'payment');
  if (newest === undefined) return { cycle: 1, earlier: null };
  return newest.state === 'reversed'
    ? { cycle: newest.cycle + 1, earlier: null }
    : { cycle: newest.cycle, earlier: newest };
}

/** It does, by somebody else's entry: nothing is booked, nothing left to ask. */
export function recordCaptureFound(
  job: Job,
  { capture, payment }: { capture: Capture; payment: BookPayment },
): FlowResult {
  const more = withFee(job, capture);
  return recordFound(job, { money: captureMoney(job, capture), payment, more });
}

/** Nobody can tell. */
export async function askAboutCapture(
  job: Job,
  { capture, found }: { capture: Capture; found: Gathered },
): Promise<FlowResult> {
  const money = captureMoney(job, capture);
  const candidates = candidatesOf(matchInvoice(found.facts));
  const question = await askWhetherBooked(job, { money, candidates });
  return aside(job, capture, question);
}
