/** The resources as they stand on the wire (gocardless.md section 2). Amounts are integers in minor units. */

export type Metadata = Record<string, string>;

export interface Row {
  readonly id: string;
  readonly created_at: string;
}

export interface Customer extends Row {
  email: string | null;
  given_name: string | null;
  family_name: string | null;
  company_name: string | null;
  address_line1: string | null;
  address_line2: string | null;
  address_line3: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country_code: string | null;
  language: string | null;
  swedish_identity_number: string | null;
  danish_identity_number: string | null;
  phone_number: string | null;
  metadata: Metadata;
}

export interface BankAccount extends Row {
  account_number_ending: string;
  account_holder_name: string;
  account_type: string | null;
  bank_name: string;
  currency: string;
  country_code: string;
  metadata: Metadata;
  enabled: boolean;
  links: { customer: string };
}

export type Scheme =
  | 'ach'
  | 'autogiro'
  | 'bacs'
  | 'becs'
  | 'becs_nz'
  | 'betalingsservice'
  | 'faster_payments'
  | 'pad'
  | 'pay_to'
  | 'sepa_core';

/** There is no `replaced`: a replaced mandate is `cancelled` and has `links.new_mandate`. */
export type MandateStatus =
  | 'pending_customer_approval'
  | 'pending_submission'
  | 'submitted'
  | 'active'
  | 'suspended_by_payer'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'consumed'
  | 'blocked';

export interface ConsentParameters {
  start_date: string | null;
  end_date: string | null;
  max_amount_per_payment: number | null;
  max_amount_per_period: number | null;
  max_payments_per_period: number | null;
  period: string | null;
}

export interface Mandate extends Row {
  reference: string;
  status: MandateStatus;
  scheme: Scheme;
  next_possible_charge_date: string | null;
  payments_require_approval: boolean;
  metadata: Metadata;
  links: { customer_bank_account: string; creditor: string; customer: string; new_mandate?: string };
  consent_parameters: ConsentParameters | null;
  verified_at: string | null;
  funds_settlement: string;
}

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

export interface Fx {
  fx_currency: string | null;
  fx_amount: number | null;
  exchange_rate: string | null;
  estimated_exchange_rate: string | null;
}

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
}

export interface UpcomingPayment {
  charge_date: string;
  amount: number;
}

export type SubscriptionStatus =
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

export type InstalmentScheduleStatus =
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

export type RefundStatus =
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
  | 'refund_funds_returned'
  | 'gocardless_fee'
  | 'surcharge_fee';

/** `amount`: signed minor units as text with exactly one decimal (2.11). */
export interface PayoutItem {
  type: PayoutItemType;
  amount: string;
  taxes: Tax[];
  links: { payment?: string; mandate?: string; refund?: string };
}

export interface EventDetails {
  origin: 'bank' | 'api' | 'gocardless' | 'customer' | 'payer';
  cause: string;
  description: string;
  scheme?: string;
  reason_code?: string;
  will_attempt_retry?: boolean;
  not_retried_reason?: string;
}

export interface GcEvent extends Row {
  resource_type: string;
  action: string;
  metadata: Metadata;
  details: EventDetails;
  links: Record<string, string>;
  resource_metadata?: Metadata;
  organisation_id?: string;
}

export interface Creditor extends Row {
  name: string;
  verification_status: 'successful' | 'in_review' | 'action_required';
  can_create_refunds: boolean;
  fx_payout_currency: string | null;
  merchant_responsible_for_notifications: boolean;
  bank_reference_prefix: string;
  country_code: string;
  scheme_identifiers: object[];
  links: Record<string, string>;
}

export const NO_FX: Fx = {
  fx_currency: null,
  fx_amount: null,
  exchange_rate: null,
  estimated_exchange_rate: null,
};
