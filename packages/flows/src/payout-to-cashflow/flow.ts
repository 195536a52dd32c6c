import type { Flow } from '@mlc/core';
import { run } from './run.ts';

/** A payout explained to the penny, in the own ledger and by policy in FreshBooks (design section 6). */
export const payoutToCashflow: Flow = {
  name: 'payout-to-cashflow',
  accepts: (event) => event.kind === 'payout-changed' || event.kind === 'debit-refund-changed',
  run,
};
