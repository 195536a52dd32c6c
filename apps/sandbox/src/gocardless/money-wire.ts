import type { Fx, Metadata, Row } from './row.ts';

/** What moves money, as it stands on the wire (gocardless.md 2.4, 2.7 to 2.11). Amounts are integers in minor units. */

export type PaymentStatus =
  | 'pending_customer_approval'
  | 'pending_submission'
  | 'submitted'
  | 'confirmed'
  | 'paid_out'
  | 'cancelled'
  | 'customer_approval_denied'
  | 'failed'
  | 'charged_back';

export interface Payment extends Row {
  charge_date: string;
  amount: number;
  description: string | null;
  currency: string;
  status: PaymentStatus;
  amount_refunded: number;
  reference: string | null;
  metadata: Metadata;
  fx: Fx;
  links: {
    mandate: string;
    creditor: string;
    payout?: string;
    subscription?: string;
    instalment_schedule?: string;
  };
  retry_if_possible: boolean;
  /** Part of a partner's app; there when one was asked for. */
  app_fee?: number;
}

export interface UpcomingPayment {
  charge_date: string;
  amount: number;
}

type SubscriptionStatus =
  'pending_customer_approval' | 'customer_approval_denied' | 'active' | 'finished' | 'cancelled' | 'paused';

export interface Subscription extends Row {
  amount: number;
  currency: string;
  status: SubscriptionStatus;
  name: string | null;
  start_date: string;
  end_date: string | null;
  interval: number;
  interval_unit: 'weekly' | 'monthly' | 'yearly';
  day_of_month: number | null;
  month: string | null;
  count: number | null;
  metadata: Metadata;
  payment_reference: string | null;
  upcoming_payments: UpcomingPayment[];
  app_fee: number | null;
  retry_if_possible: boolean;
  earliest_charge_date_after_resume: string | null;
  links: { mandate: string };
}

type InstalmentScheduleStatus =
  'pending' | 'active' | 'creation_failed' | 'completed' | 'cancelled' | 'errored';

export interface InstalmentSchedule extends Row {
  name: string;
  currency: string;
  total_amount: number;
  status: InstalmentScheduleStatus;
  metadata: Metadata;
  payment_errors: Record<string, { field: string; message: string }[]>;
  links: { customer: string; mandate: string; payments?: string[] };
}

type RefundStatus =
  'created' | 'pending_submission' | 'submitted' | 'paid' | 'cancelled' | 'bounced' | 'funds_returned';

export interface Refund extends Row {
  amount: number;
  reference: string | null;
  metadata: Metadata;
  currency: string;
  status: RefundStatus;
  fx: Fx;
  links: { payment?: string; mandate: string };
}

export interface Payout extends Row {
  /** Net: what reaches the bank. */
  amount: number;
  deducted_fees: number;
  currency: string;
  reference: string;
  status: 'pending' | 'paid' | 'bounced';
  arrival_date: string | null;
  payout_type: 'merchant' | 'partner';
  fx: Fx;
  tax_currency: string;
  metadata: Metadata;
  links: { creditor_bank_account: string; creditor: string };
}

export interface Tax {
  amount: string;
  currency: string;
  destination_amount: string | null;
  destination_currency: string;
  exchange_rate: string | null;
  tax_rate_id: string;
}

export type PayoutItemType =
  | 'payment_paid_out'
  | 'payment_failed'
  | 'payment_charged_back'
  | 'payment_refunded'
  | 'refund'
  | 'refund_funds_returned'
  | 'gocardless_fee'
  | 'app_fee'
  | 'revenue_share'
  | 'surcharge_fee';

/** `amount`: signed minor units as text with exactly one decimal (2.11). */
export interface PayoutItem {
  type: PayoutItemType;
  amount: string;
  taxes: Tax[];
  links: { payment?: string; mandate?: string; refund?: string };
}
