import type { Customer, Metadata, Row, Scheme } from './wire.ts';

export interface MandateRequest {
  currency: string;
  constraints: object | null;
  scheme: Scheme;
  sweeping: boolean;
  verify: string;
  links: { mandate?: string };
  metadata: Metadata;
  description: string | null;
  payer_requested_dual_signature: boolean;
}

export interface PaymentRequest {
  amount: number;
  currency: string;
  description: string;
  scheme: string;
  reference: string | null;
  metadata: Metadata;
  links: { payment?: string };
}

type BillingRequestStatus = 'pending' | 'ready_to_fulfil' | 'fulfilling' | 'fulfilled' | 'cancelled';

export interface BillingRequest extends Row {
  status: BillingRequestStatus;
  mandate_request: MandateRequest | null;
  payment_request: PaymentRequest | null;
  /** null when none was given; elsewhere it is {} (2.5). */
  metadata: Metadata | null;
  links: Record<string, string>;
  creditor_name: string;
  fallback_enabled: boolean;
  fallback_occurred: boolean;
  sign_flow_url: string | null;
  actions: BillingAction[];
  resources: { customer: Customer; customer_billing_detail: Row };
}

export type BillingActionType =
  | 'choose_currency'
  | 'collect_customer_details'
  | 'collect_bank_account'
  | 'confirm_payer_details'
  | 'bank_authorisation';

export interface BillingAction {
  type: BillingActionType;
  required: boolean;
  completes_actions: string[];
  requires_actions: string[];
  status: 'pending' | 'completed';
  [detail: string]: unknown;
}

export interface BillingRequestFlow extends Row {
  auto_fulfil: boolean;
  redirect_uri: string | null;
  exit_uri: string | null;
  authorisation_url: string;
  lock_customer_details: boolean;
  lock_bank_account: boolean;
  lock_currency: boolean;
  lock_existing_customer: boolean;
  customer_details_captured: boolean;
  show_redirect_buttons: boolean;
  show_success_redirect_button: boolean;
  session_token: string | null;
  expires_at: string;
  links: { billing_request: string };
  config: object;
}
