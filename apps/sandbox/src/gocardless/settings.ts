/** What differs between GoCardless accounts, and switches for the odd things the real API does. */
export interface Settings {
  /** What a payout costs, per debit; the tax rate is inside GoCardless' fee items. */
  readonly fees: FeeSettings;
  /** Fees are not taken off payouts but invoiced: no fee items, `deducted_fees` 0 (2.10). */
  feesInvoicedMonthly: boolean;
  /** Charged without tax for a debit that fails or is charged back; 0: nothing. */
  surchargeMinor: number;
  /** Rates by `EUR/GBP`: what is estimated before a payout, and what is confirmed the working day after it. */
  fx: {
    readonly estimated: Readonly<Record<string, string>>;
    readonly confirmed: Readonly<Record<string, string>>;
  };
  /** A mistake at GoCardless: the first item of every payout is listed with so many minor units too much. */
  payoutItemsOffMinor: number;
  /** Off at the real one until support switches it on: refunds are then 403. */
  refundsEnabled: boolean;
  /** Custom references of Bacs debits (Plus, Pro and Enterprise packages). */
  customReferences: boolean;
  /** `retry_if_possible` may be asked for (Success+). */
  successPlus: boolean;
  /** Automatic retries of one payment with `retry_if_possible`. */
  autoRetriesMax: number;
  /** Working days between a failure and its automatic retry. */
  autoRetryAfterWorkingDays: number;
  /** Working days ahead at which a subscription's payment is created. */
  subscriptionLeadWorkingDays: number;
  /** 429 above so many requests a minute and token; 1000 at the real one. */
  rateLimitPerMinute: number;
  /** Real milliseconds until an instalment schedule leaves `pending`. */
  asyncDelayMs: number;
  /** `resource_metadata` on events: newer accounts have it. */
  resourceMetadata: boolean;
  /** `organisation_id` inside events: newest accounts have it. */
  organisationIdInEvents: boolean;
  webhooks: WebhookSettings;
}

export interface FeeSettings {
  readonly basisPoints: number;
  readonly fixedMinor: number;
  /** Upper bound of one fee without tax; null: none. */
  readonly capMinor: number | null;
  readonly vatBasisPoints: number;
}

interface WebhookSettings {
  /** Events per delivery, at most 250. */
  batchSize: number;
  /** `meta.webhook_id` in the body; older fixtures lack it. */
  meta: boolean;
  /** Events of one delivery leave in another order. */
  shuffleEvents: boolean;
  userAgent: string;
}

/** 1 % + 0.20, at most 4.00, plus 20 % VAT: support's example (200.00 costs 2.20 + 0.44) fits it. */
export const DEFAULT_SETTINGS: Settings = {
  fees: { basisPoints: 100, fixedMinor: 20, capMinor: 400, vatBasisPoints: 2000 },
  feesInvoicedMonthly: false,
  surchargeMinor: 0,
  fx: {
    estimated: { 'EUR/GBP': '0.8652', 'USD/GBP': '0.7914', 'GBP/EUR': '1.1558', 'GBP/USD': '1.2635' },
    confirmed: { 'EUR/GBP': '0.863917', 'USD/GBP': '0.790128', 'GBP/EUR': '1.157519', 'GBP/USD': '1.265615' },
  },
  payoutItemsOffMinor: 0,
  refundsEnabled: false,
  customReferences: true,
  successPlus: true,
  autoRetriesMax: 3,
  autoRetryAfterWorkingDays: 3,
  subscriptionLeadWorkingDays: 4,
  rateLimitPerMinute: 1000,
  asyncDelayMs: 20,
  resourceMetadata: true,
  organisationIdInEvents: false,
  webhooks: {
    batchSize: 250,
    meta: true,
    shuffleEvents: false,
    userAgent: 'gocardless-webhook-service/1.2',
  },
};
