import type { Metadata, Row } from './row.ts';

export type * from './money-wire.ts';
export * from './row.ts';

/** The resources as they stand on the wire (gocardless.md section 2). */

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
