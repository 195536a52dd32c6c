import { amountIn, bodyOf, isRecord, optionalText } from './fields.ts';
import type { Body } from './fields.ts';
import type { NewOrder } from './order-course.ts';
import { malformed } from './refusal.ts';
import type { Payee, PurchaseUnit } from './rows.ts';

const UNITS_MAX = 10;

/** Reads the body of `POST /v2/checkout/orders`; refuses what PayPal refuses. */
export function readOrder(value: unknown, payee: Payee): NewOrder {
  const body = bodyOf(value);
  const { intent, purchase_units: units, payment_source: source } = body;
  if (intent !== 'CAPTURE' && intent !== 'AUTHORIZE')
    throw malformed(intent === undefined ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_PARAMETER_VALUE', {
      field: '/intent',
      location: 'body',
    });
  if (!Array.isArray(units) || units.length === 0 || units.length > UNITS_MAX)
    throw malformed(units === undefined ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_ARRAY_MAX_ITEMS', {
      field: '/purchase_units',
      location: 'body',
    });
  const paypal = isRecord(source) && isRecord(source['paypal']) ? source['paypal'] : undefined;
  return {
    intent,
    units: units.map((unit: unknown, at) => readUnit(bodyOf(unit), `/purchase_units/${at}`, payee)),
    returnUrl: returnUrl(paypal?.['experience_context']) ?? returnUrl(body['application_context']),
    ...(paypal !== undefined && { status: 'PAYER_ACTION_REQUIRED' }),
  };
}

function returnUrl(context: unknown): string | null {
  return isRecord(context) ? optionalText(context, 'return_url', 2048) : null;
}

function readUnit(unit: Body, field: string, payee: Payee): PurchaseUnit {
  const { currency, amount } = amountIn(unit['amount'], `${field}/amount`);
  return {
    referenceId: optionalText(unit, 'reference_id', 256, field) ?? 'default',
    currency,
    amount,
    invoiceId: optionalText(unit, 'invoice_id', 127, field),
    customId: optionalText(unit, 'custom_id', 127, field),
    description: optionalText(unit, 'description', 127, field),
    payee,
    captureIds: [],
  };
}
