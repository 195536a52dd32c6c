import type { Shape } from './shape.ts';

/**
 * Bodies of PayPal as its OpenAPI files and recorded traffic have them (paypal.md 2, 4, 5 and appendix A), for checking
 * the simulated ones. Patterns are the specification's unless recordings break them.
 */

const ID = /^[A-Z0-9]{17}$/;
const MERCHANT_ID = /^[2-9A-HJ-NP-Z]{13}$/;
const DECIMAL = /^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/;
const SECONDS_Z = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const MILLIS_Z = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const PACIFIC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}-07:00$/;
const COMPACT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+0000$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
const LINK = { href: /^https:\/\/api\.sandbox\.paypal\.com\//, rel: 'string', method: 'string' } as const;

const MONEY = { currency_code: /^[A-Z]{3}$/, value: DECIMAL } as const;
const V1_MONEY = { currency: /^[A-Z]{3}$/, value: DECIMAL } as const;
const TOTAL = { total: DECIMAL, currency: /^[A-Z]{3}$/ } as const;
const NAME = { given_name: 'string', surname: 'string' } as const;

const BREAKDOWN = {
  gross_amount: MONEY,
  'paypal_fee?': MONEY,
  'platform_fees?': [{ amount: MONEY, payee: { merchant_id: MERCHANT_ID } }],
  net_amount: MONEY,
  'receivable_amount?': MONEY,
  'exchange_rate?': { source_currency: 'string', target_currency: 'string', value: /^\d+\.\d{1,15}$/ },
} as const;

const NESTED_CAPTURE = {
  id: ID,
  status: /^(COMPLETED|DECLINED|PARTIALLY_REFUNDED|PENDING|REFUNDED|FAILED)$/,
  'status_details?': { reason: /^[A-Z_]+$/ },
  amount: MONEY,
  final_capture: 'boolean',
  'disbursement_mode?': /^(INSTANT|DELAYED)$/,
  seller_protection: { status: 'string', 'dispute_categories?': ['string'] },
  'seller_receivable_breakdown?': BREAKDOWN,
  'invoice_id?': /^.{1,127}$/,
  'custom_id?': /^.{1,127}$/,
  links: [LINK],
  create_time: SECONDS_Z,
  update_time: SECONDS_Z,
} as const;

const CAPTURE = {
  ...NESTED_CAPTURE,
  'supplementary_data?': { related_ids: { order_id: ID, 'authorization_id?': ID } },
  'payee?': { email_address: EMAIL, merchant_id: MERCHANT_ID },
} as const;

const PAYABLE = {
  gross_amount: MONEY,
  paypal_fee: MONEY,
  net_amount: MONEY,
  total_refunded_amount: MONEY,
} as const;

/** As the resource of an event: no invoice, no merchant. */
const REFUND_EVENT = {
  id: ID,
  status: /^(CANCELLED|FAILED|PENDING|COMPLETED)$/,
  'status_details?': { reason: /^ECHECK$/ },
  amount: MONEY,
  'note_to_payer?': 'string',
  seller_payable_breakdown: PAYABLE,
  create_time: PACIFIC,
  update_time: PACIFIC,
  links: [LINK],
} as const;

const ORDER = {
  id: ID,
  intent: /^(CAPTURE|AUTHORIZE)$/,
  status: /^(CREATED|SAVED|APPROVED|VOIDED|COMPLETED|PAYER_ACTION_REQUIRED)$/,
  'payment_source?': {
    'paypal?': {
      'email_address?': EMAIL,
      account_id: MERCHANT_ID,
      account_status: /^(VERIFIED|UNVERIFIED)$/,
      name: NAME,
      address: { country_code: /^[A-Z][A-Z0-9]$/ },
    },
    'card?': { last_digits: 'string', brand: 'string', type: 'string' },
    'ideal?': { name: 'string', country_code: 'string', bic: 'string' },
  },
  'payer?': {
    name: NAME,
    'email_address?': EMAIL,
    payer_id: MERCHANT_ID,
    address: { country_code: 'string' },
  },
  purchase_units: [
    {
      reference_id: 'string',
      amount: { ...MONEY, 'breakdown?': {} },
      payee: { 'email_address?': EMAIL, 'merchant_id?': MERCHANT_ID },
      'description?': 'string',
      'custom_id?': 'string',
      'invoice_id?': 'string',
      'payments?': { captures: [NESTED_CAPTURE] },
    },
  ],
  create_time: SECONDS_Z,
  'update_time?': SECONDS_Z,
  links: [LINK],
} as const;

const SALE = {
  id: ID,
  create_time: SECONDS_Z,
  update_time: SECONDS_Z,
  amount: { ...TOTAL, details: { 'subtotal?': DECIMAL } },
  payment_mode: /^(INSTANT_TRANSFER|ECHECK)$/,
  state: /^(completed|partially_refunded|pending|refunded|denied)$/,
  protection_eligibility: 'string',
  protection_eligibility_type: 'string',
  'transaction_fee?': V1_MONEY,
  'billing_agreement_id?': /^I-/,
  'parent_payment?': /^PAY/,
  'invoice_number?': 'string',
  'custom?': 'string',
  links: [LINK],
} as const;

const OLD_CAPTURE = {
  id: ID,
  create_time: SECONDS_Z,
  update_time: SECONDS_Z,
  amount: { ...TOTAL, details: { 'subtotal?': DECIMAL } },
  is_final_capture: 'boolean',
  state: /^[a-z_]+$/,
  'reason_code?': 'string',
  'transaction_fee?': V1_MONEY,
  parent_payment: /^PAY/,
  'invoice_number?': 'string',
  'custom?': 'string',
  links: [LINK],
} as const;

/** A refund of a sale or of a v1 capture; negative total (A.3). */
const OLD_REFUND = {
  id: ID,
  create_time: SECONDS_Z,
  update_time: SECONDS_Z,
  amount: { total: /^-/, currency: /^[A-Z]{3}$/ },
  state: /^[a-z]+$/,
  'sale_id?': ID,
  'capture_id?': ID,
  links: [LINK],
} as const;

const DISPUTE = {
  dispute_id: /^PP-/,
  create_time: MILLIS_Z,
  update_time: MILLIS_Z,
  disputed_transactions: [
    {
      'buyer_transaction_id?': 'string',
      seller_transaction_id: ID,
      'create_time?': SECONDS_Z,
      'transaction_status?': /^[A-Z_]+$/,
      'gross_amount?': MONEY,
      'invoice_number?': /^[A-Za-z0-9:\-|]+$/,
      'custom?': 'string',
      'buyer?': { name: 'string' },
      seller: { email: EMAIL, merchant_id: MERCHANT_ID, name: 'string' },
      items: [{}],
      seller_protection_eligible: 'boolean',
    },
  ],
  reason: /^[A-Z_]+$/,
  status: /^(OPEN|WAITING_FOR_BUYER_RESPONSE|WAITING_FOR_SELLER_RESPONSE|UNDER_REVIEW|RESOLVED|OTHER)$/,
  dispute_amount: MONEY,
  'dispute_outcome?': { outcome_code: /^[A-Z_]+$/, 'amount_refunded?': MONEY },
  dispute_life_cycle_stage: /^(INQUIRY|CHARGEBACK|PRE_ARBITRATION|ARBITRATION)$/,
  dispute_channel: /^(INTERNAL|EXTERNAL|ALERT)$/,
  messages: [{ posted_by: 'string', time_posted: MILLIS_Z, content: 'string' }],
  'seller_response_due_date?': 'string',
  links: [LINK],
} as const;

const SUBSCRIPTION = {
  id: /^I-/,
  plan_id: /^P-/,
  start_time: SECONDS_Z,
  quantity: 'string',
  subscriber: { 'email_address?': EMAIL, payer_id: MERCHANT_ID, name: NAME },
  'custom_id?': 'string',
  billing_info: {
    outstanding_balance: MONEY,
    cycle_executions: [
      {
        tenure_type: 'string',
        sequence: 'number',
        cycles_completed: 'number',
        cycles_remaining: 'number',
        total_cycles: 'number',
      },
    ],
    'last_payment?': { amount: MONEY, time: SECONDS_Z },
    'next_billing_time?': SECONDS_Z,
    failed_payments_count: 'number',
  },
  create_time: SECONDS_Z,
  update_time: SECONDS_Z,
  status: /^[A-Z_]+$/,
  status_update_time: SECONDS_Z,
  links: [LINK],
} as const;

const INVOICE = {
  id: /^INV2(-[A-Z0-9]{4}){4}$/,
  status: /^[A-Z_]+$/,
  detail: {
    invoice_number: 'string',
    invoice_date: DAY,
    currency_code: 'string',
    payment_term: { term_type: 'string', due_date: DAY },
    metadata: { create_time: SECONDS_Z, last_update_time: SECONDS_Z },
  },
  invoicer: { email_address: EMAIL },
  primary_recipients: [{ billing_info: { name: NAME, 'email_address?': EMAIL } }],
  amount: { ...MONEY, breakdown: { item_total: MONEY } },
  due_amount: MONEY,
  payments: {
    paid_amount: MONEY,
    transactions: [{ type: 'string', payment_id: ID, payment_date: DAY, method: 'string', amount: MONEY }],
  },
  links: [LINK],
} as const;

const OLD_INVOICE = {
  id: 'string',
  number: 'string',
  template_id: 'string',
  status: /^[A-Z_]+$/,
  merchant_info: { email: EMAIL },
  billing_info: [{ email: EMAIL, first_name: 'string', last_name: 'string' }],
  items: [{ name: 'string', quantity: 'number', unit_price: V1_MONEY }],
  invoice_date: /^\d{4}-\d{2}-\d{2} PDT$/,
  total_amount: V1_MONEY,
  payments: [
    {
      type: 'string',
      transaction_id: ID,
      transaction_type: 'string',
      method: 'string',
      date: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} PDT$/,
      amount: V1_MONEY,
    },
  ],
  paid_amount: { paypal: V1_MONEY },
  metadata: { created_date: 'string', last_updated_date: 'string' },
} as const;

const TRANSACTION = {
  'paypal_account_id?': MERCHANT_ID,
  transaction_id: ID,
  'paypal_reference_id?': 'string',
  'paypal_reference_id_type?': /^(ODR|TXN|SUB|PAP)$/,
  transaction_event_code: /^T\d{4}$/,
  transaction_initiation_date: COMPACT,
  transaction_updated_date: COMPACT,
  transaction_amount: MONEY,
  'fee_amount?': MONEY,
  transaction_status: /^[DPSV]$/,
  'transaction_subject?': 'string',
  'ending_balance?': MONEY,
  'available_balance?': MONEY,
  'invoice_id?': 'string',
  'custom_field?': 'string',
  protection_eligibility: 'string',
  'instrument_type?': 'string',
} as const;

const SEARCH = {
  transaction_details: [
    {
      transaction_info: TRANSACTION,
      'payer_info?': {
        'account_id?': MERCHANT_ID,
        'email_address?': EMAIL,
        address_status: /^[YN]$/,
        'payer_status?': /^[YN]$/,
        payer_name: { 'given_name?': 'string', 'surname?': 'string', 'alternate_full_name?': 'string' },
        'country_code?': 'string',
      },
      'shipping_info?': { 'name?': 'string' },
      'cart_info?': { 'item_details?': [{ item_quantity: 'string', invoice_number: 'string' }] },
      'store_info?': {},
      'auction_info?': {},
      'incentive_info?': {},
    },
  ],
  account_number: MERCHANT_ID,
  start_date: COMPACT,
  end_date: COMPACT,
  last_refreshed_datetime: COMPACT,
  page: 'number',
  total_items: 'number',
  total_pages: 'number',
  links: [LINK],
} as const;

const ERROR = {
  name: /^[A-Z_]+$/,
  message: 'string',
  debug_id: /^[0-9a-f]{13}$/,
  details: [
    {
      issue: 'string',
      'description?': 'string',
      'field?': 'string',
      'value?': 'string',
      'location?': 'string',
    },
  ],
  links: [{ href: 'string', rel: /^information_link$/, method: 'string' }],
  'total_items?': 'number',
  'maximum_items?': 'number',
} as const;

const TOKEN = {
  scope: /^https:\/\/uri\.paypal\.com\/services\/.* openid$/,
  access_token: /^A21AA/,
  token_type: /^Bearer$/,
  app_id: /^APP-/,
  expires_in: 'number',
  nonce: 'string',
} as const;

/** Bodies the API answers with. */
export const SHAPES = {
  token: TOKEN,
  error: ERROR,
  capture: CAPTURE,
  order: ORDER,
  refund: {
    ...REFUND_EVENT,
    'invoice_id?': 'string',
    'custom_id?': 'string',
    payer: { email_address: EMAIL, merchant_id: MERCHANT_ID },
  },
  sale: SALE,
  oldCapture: OLD_CAPTURE,
  oldRefund: OLD_REFUND,
  dispute: DISPUTE,
  subscription: SUBSCRIPTION,
  invoice: INVOICE,
  search: SEARCH,
} satisfies Record<string, Shape>;

const EVENT_LINK = { href: 'string', rel: /^(self|resend)$/, method: /^(GET|POST)$/ } as const;

function envelope(version: '2.0' | null, type: string, resource: Shape): Shape {
  return {
    id: /^WH-[A-Z0-9]{17}-[A-Z0-9]{17}$/,
    event_version: /^1\.0$/,
    create_time: version === null ? SECONDS_Z : MILLIS_Z,
    resource_type: new RegExp(`^${type}$`),
    ...(version !== null && { resource_version: /^2\.0$/ }),
    event_type: /^[A-Z.-]+$/,
    summary: 'string',
    resource,
    links: [EVENT_LINK],
  };
}

/** Deliveries, by what their resource is. */
export const EVENT_SHAPES = {
  capture: envelope('2.0', 'capture', CAPTURE),
  refund: envelope('2.0', 'refund', REFUND_EVENT),
  order: envelope('2.0', 'checkout-order', ORDER),
  oldCapture: envelope(null, 'capture', OLD_CAPTURE),
  oldRefundOfCapture: envelope(null, 'capture', OLD_REFUND),
  sale: envelope(null, 'sale', SALE),
  oldRefundOfSale: envelope(null, 'sale', OLD_REFUND),
  dispute: envelope(null, 'dispute', DISPUTE),
  nestedInvoice: envelope(null, 'invoices', { invoice: OLD_INVOICE }),
  flatInvoice: envelope(null, 'invoices', OLD_INVOICE),
} satisfies Record<string, Shape>;
