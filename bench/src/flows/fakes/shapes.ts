import { AMOUNT_MINOR, businessOfJob, CURRENCY } from '../seeds.ts';

/** Objects as large as the real ones are, so that reading them costs what it costs (freshbooks.md 3, paypal.md 5). */

const CREATED = '2026-11-02';
const DAY_MS = 86_400_000;

export interface WireBookPayment {
  readonly id: number;
  readonly invoiceid: number;
  readonly minor: number;
  readonly date: string;
  readonly type: string;
  readonly note: string;
}

/** A payment at GoCardless as it stands on the wire. */
export interface Debit {
  readonly id: string;
  status: string;
  readonly amount: number;
  readonly links: { readonly mandate: string; readonly creditor: string };
  readonly [name: string]: unknown;
}

const decimal = (minor: number): string => (minor / 100).toFixed(2);
const money = (minor: number) => ({ amount: decimal(minor), code: CURRENCY });
const dayFromNow = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Sent, due in three weeks. Its number and its client follow from its id. */
export function invoiceOf(id: string, paidMinor: number) {
  const isPaid = paidMinor >= AMOUNT_MINOR;
  return {
    id: Number(id),
    invoiceid: Number(id),
    invoice_number: `INV-${id}`,
    customerid: Number(id),
    accountid: `ACC${businessOfJob(Number(id))}`,
    accounting_systemid: `ACC${businessOfJob(Number(id))}`,
    amount: money(AMOUNT_MINOR),
    outstanding: money(AMOUNT_MINOR - paidMinor),
    paid: money(paidMinor),
    discount_total: money(0),
    net_paid_amount: money(paidMinor),
    currency_code: CURRENCY,
    language: 'en',
    create_date: CREATED,
    generation_date: null,
    created_at: `${CREATED} 10:27:57`,
    updated: `${CREATED} 10:45:54`,
    due_date: dayFromNow(20),
    due_offset_days: 30,
    date_paid: null,
    fulfillment_date: CREATED,
    status: isPaid ? 4 : 2,
    v3_status: isPaid ? 'paid' : 'sent',
    display_status: isPaid ? 'paid' : 'sent',
    payment_status: isPaid ? 'paid' : 'unpaid',
    autobill_status: null,
    auto_bill: false,
    dispute_status: null,
    deposit_amount: null,
    deposit_percentage: null,
    deposit_status: 'none',
    last_order_status: null,
    vis_state: 0,
    address: '1 High Street',
    street: '1 High Street',
    street2: '',
    city: 'London',
    province: '',
    code: 'N1 1AA',
    country: 'United Kingdom',
    organization: `Client ${id} Ltd`,
    current_organization: `Client ${id} Ltd`,
    fname: 'Alex',
    lname: 'Taylor',
    notes: '',
    terms: 'Payable within 30 days',
    template: 'clean-grouped',
    description: '',
    discount_description: null,
    discount_value: '0',
    estimateid: 0,
    basecampid: 0,
    ownerid: 1,
    parent: 0,
    sentid: 1,
    payment_details: '',
    po_number: null,
    return_uri: null,
    show_attachments: true,
    vat_name: '',
    vat_number: '',
    ext_archive: 0,
    gmail: false,
    version: `${CREATED} 10:45:54.480684`,
    uuid: '6dc4b7de-1a51-4c32-9a3e-7c1d1f1d0f10',
  };
}

export function clientOf(id: string) {
  return {
    id: Number(id),
    userid: Number(id),
    accounting_systemid: `ACC${businessOfJob(Number(id))}`,
    email: emailOf(id),
    organization: `Client ${id} Ltd`,
    fname: 'Alex',
    lname: 'Taylor',
    username: `client${id}`,
    allow_late_fees: true,
    bus_phone: '',
    company_industry: null,
    company_size: null,
    currency_code: CURRENCY,
    direct_link_token: null,
    fax: '',
    has_retainer: null,
    home_phone: null,
    language: 'en',
    last_activity: null,
    last_login: null,
    level: 0,
    mob_phone: '',
    note: '',
    num_logins: 0,
    p_city: 'London',
    p_code: 'N1 1AA',
    p_country: 'United Kingdom',
    p_province: '',
    p_street: '1 High Street',
    p_street2: '',
    pref_email: true,
    pref_gmail: false,
    retainer_id: null,
    role: 'client',
    s_city: '',
    s_code: '',
    s_country: '',
    s_province: '',
    s_street: '',
    s_street2: '',
    signup_date: `${CREATED} 09:25:34`,
    statement_token: null,
    subdomain: null,
    updated: `${CREATED} 09:25:34`,
    vat_name: null,
    vat_number: null,
    vis_state: 0,
  };
}

export function bookPaymentOf({ id, invoiceid, minor, date, type, note }: WireBookPayment) {
  return {
    id,
    logid: id,
    invoiceid,
    clientid: invoiceid,
    amount: money(minor),
    date,
    type,
    note,
    creditid: null,
    accounting_systemid: `ACC${businessOfJob(invoiceid)}`,
    bulk_paymentid: null,
    from_credit: false,
    gateway: null,
    orderid: null,
    overpaymentid: null,
    send_client_notification: null,
    transactionid: null,
    updated: `${date} 10:00:00`,
    vis_state: 0,
  };
}

export function customerOf(id: string) {
  return {
    id: `CU${id}`,
    created_at: `${CREATED}T10:00:00.000Z`,
    email: emailOf(id),
    given_name: 'Alex',
    family_name: 'Taylor',
    company_name: `Client ${id} Ltd`,
    address_line1: '1 High Street',
    address_line2: null,
    address_line3: null,
    city: 'London',
    region: null,
    postal_code: 'N1 1AA',
    country_code: 'GB',
    language: 'en',
    swedish_identity_number: null,
    danish_identity_number: null,
    phone_number: null,
    metadata: {},
  };
}

export function mandateOf(id: string) {
  return {
    id: `MD${id}`,
    created_at: `${CREATED}T10:05:00.000Z`,
    reference: `REF${id}`,
    status: 'active',
    scheme: 'bacs',
    next_possible_charge_date: dayFromNow(5),
    next_possible_standard_ach_charge_date: null,
    payments_require_approval: false,
    metadata: {},
    consent_parameters: null,
    consent_type: null,
    verified_at: null,
    funds_settlement: 'managed',
    mandate_type: null,
    links: { customer_bank_account: `BA${id}`, creditor: 'CR1', customer: `CU${id}` },
  };
}

/** A debit just made: GoCardless takes the mandate's next day when none is asked for. */
export function debitOf(id: string, asked: Readonly<Record<string, unknown>>): Debit {
  return {
    charge_date: dayFromNow(5),
    description: null,
    reference: null,
    metadata: {},
    ...asked,
    id,
    created_at: new Date().toISOString(),
    status: 'pending_submission',
    amount: Number(asked['amount']),
    amount_refunded: 0,
    currency: CURRENCY,
    fx: { fx_currency: CURRENCY, fx_amount: null, exchange_rate: null, estimated_exchange_rate: null },
    retry_if_possible: false,
    faster_ach: false,
    links: { creditor: 'CR1', mandate: '', ...(asked['links'] as object) },
  };
}

const paypalMoney = (minor: number) => ({ currency_code: CURRENCY, value: decimal(minor) });
const link = (path: string, rel: string) => ({
  href: `https://api.sandbox.paypal.com${path}`,
  rel,
  method: 'GET',
});

/** A completed capture that names its invoice. */
export function captureOf(id: string) {
  const invoice = id.replace(/^CAP0*/, '');
  return {
    id,
    amount: paypalMoney(AMOUNT_MINOR),
    final_capture: true,
    status: 'COMPLETED',
    invoice_id: `INV-${invoice}`,
    custom_id: '',
    seller_protection: {
      status: 'ELIGIBLE',
      dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
    },
    seller_receivable_breakdown: {
      gross_amount: paypalMoney(AMOUNT_MINOR),
      paypal_fee: paypalMoney(320),
      net_amount: paypalMoney(AMOUNT_MINOR - 320),
    },
    supplementary_data: { related_ids: { order_id: `ORD${id.slice(3)}` } },
    payee: { email_address: 'seller@bench.test', merchant_id: `MERCHANT${businessOfJob(Number(invoice))}` },
    create_time: `${dayFromNow(0)}T00:00:01Z`,
    update_time: `${dayFromNow(0)}T00:00:01Z`,
    links: [
      link(`/v2/payments/captures/${id}`, 'self'),
      link(`/v2/payments/captures/${id}/refund`, 'refund'),
      link(`/v2/checkout/orders/ORD${id.slice(3)}`, 'up'),
    ],
  };
}

export function orderOf(id: string) {
  const capture = captureOf(`CAP${id.slice(3)}`);
  const payer = {
    email_address: emailOf(capture.invoice_id.slice(4)),
    name: { given_name: 'Alex', surname: 'Taylor' },
  };
  return {
    id,
    intent: 'CAPTURE',
    status: 'COMPLETED',
    payer: { ...payer, payer_id: 'QYR5Z8XDVJNXQ', address: { country_code: 'GB' } },
    payment_source: {
      paypal: {
        ...payer,
        account_id: 'QYR5Z8XDVJNXQ',
        account_status: 'VERIFIED',
        address: { country_code: 'GB' },
      },
    },
    purchase_units: [
      {
        reference_id: 'default',
        amount: paypalMoney(AMOUNT_MINOR),
        payee: capture.payee,
        invoice_id: capture.invoice_id,
        shipping: {
          name: { full_name: 'Alex Taylor' },
          address: {
            address_line_1: '1 High Street',
            admin_area_2: 'London',
            postal_code: 'N1 1AA',
            country_code: 'GB',
          },
        },
        payments: { captures: [capture] },
      },
    ],
    create_time: capture.create_time,
    update_time: capture.update_time,
    links: [link(`/v2/checkout/orders/${id}`, 'self')],
  };
}

/** Client, customer and payer of an invoice are one person. */
function emailOf(invoiceId: string): string {
  return `client-${invoiceId}@bench.test`;
}
