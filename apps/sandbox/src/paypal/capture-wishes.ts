import type { PaymentSource, Settlement } from './rows.ts';
import type { Wishes } from './scenario-base.ts';

/** A payment by a buyer. Amounts are decimal strings. */
export interface PayerPays extends Wishes {
  readonly amount: string;
  /** GBP when left out. */
  readonly currency?: string;
  /** null: paid by card, so that no e-mail address is known anywhere. */
  readonly payerEmail?: string | null;
  readonly payerName?: string;
  /** `invoice_id`, set by the shop. */
  readonly invoiceId?: string;
  readonly customId?: string;
  /** What PayPal takes; 2.9 % and 0.30 when left out. */
  readonly fee?: string;
  readonly platformFee?: string;
  readonly source?: PaymentSource;
  /** Which API the shop used; decides the shape of events. */
  readonly resourceVersion?: 'v1' | 'v2';
  /** The balance it lands in, when that is another currency. */
  readonly settlement?: Settlement;
  /** Money for another merchant, as a forged order could have it. */
  readonly payeeMerchantId?: string;
  /** Captured from an authorization, which is then named beside the order. */
  readonly isAuthorized?: boolean;
  readonly finalCapture?: boolean;
  /** Decimals the amount is written with, `6` for `178.800000`. */
  readonly valueDecimals?: number;
}

export interface PendingPayment extends PayerPays {
  /** UNILATERAL when left out. */
  readonly reason?: string;
}

export interface GiveBack extends Wishes {
  readonly captureId: string;
  /** Everything that is left when left out. */
  readonly amount?: string;
  readonly feeReturned?: string;
  /** The refund waits for an eCheck. */
  readonly isPending?: boolean;
  readonly note?: string;
}
