import type { MandateRequest, PaymentRequest } from './billing-wire.ts';
import { isObject } from './fields.ts';
import type { Fields } from './fields.ts';
import { SCHEMES, isScheme, schemeFor } from './schemes.ts';

const PAYMENT_SCHEMES: Readonly<Record<string, string>> = {
  GBP: 'faster_payments',
  EUR: 'sepa_credit_transfer',
};

/** What mandate is asked for; the scheme follows from the currency and the other way round. */
export function readMandateRequest(parent: Fields): MandateRequest {
  const fields = parent.inside('mandate_request');
  const named = fields.text('scheme');
  const currency = fields.text('currency') ?? (isScheme(named) ? SCHEMES[named].currency : 'GBP');
  const scheme = named ?? schemeFor(currency);
  if (!isScheme(scheme)) fields.fail('scheme', 'is not supported');
  return {
    currency,
    constraints: isObject(fields.raw('constraints')) ? (fields.raw('constraints') as object) : null,
    scheme: isScheme(scheme) ? scheme : 'bacs',
    sweeping: fields.flag('sweeping'),
    verify: fields.text('verify') ?? 'recommended',
    links: {},
    metadata: fields.metadata(),
    description: fields.text('description'),
    payer_requested_dual_signature: false,
  };
}

/** What instant payment is asked for: GBP or EUR only. */
export function readPaymentRequest(parent: Fields): PaymentRequest {
  const fields = parent.inside('payment_request');
  const description = fields.text('description');
  // The field named is the request, only the pointer names the description (recorded in the sandbox).
  if (description === null) fields.failAt('payment_request', 'description', "can't be blank");
  const currency = fields.requiredText('currency');
  const scheme = PAYMENT_SCHEMES[currency];
  if (scheme === undefined) fields.fail('currency', 'must be GBP or EUR');
  return {
    amount: fields.requiredInteger('amount'),
    currency,
    description: description ?? '',
    scheme: fields.text('scheme') ?? scheme ?? 'faster_payments',
    reference: fields.text('reference'),
    metadata: fields.metadata(),
    links: {},
  };
}
