import type { Tenths } from './fees.ts';
import type { PayoutItem } from './wire.ts';

/** An item somebody planned by hand for the next payout of a currency. */
export interface PlannedItem {
  readonly currency: string;
  readonly item: PayoutItem;
  readonly tenths: Tenths;
}
