import { z } from 'zod';
import { momentFrom } from './moment.ts';
import { moneyFromPaypal } from './money.ts';

/** '' means absent (paypal.md 7.13). */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === undefined || text.trim() === '' ? null : text.trim()));

/** A text that has to be there. */
export const neededText = optionalText.transform((text, context) => {
  if (text !== null) return text;
  context.addIssue({ code: 'custom', message: 'is missing' });
  return z.NEVER;
});

/** An amount of either family: `{currency_code, value}` (v2) or `{currency, total | value}` (v1). */
export const money = z
  .object({
    currency_code: z.string().optional(),
    currency: z.string().optional(),
    value: z.string().optional(),
    total: z.string().optional(),
  })
  .transform((wire, context) => {
    const currency = wire.currency_code ?? wire.currency ?? '';
    const amount = /^[A-Z]{3}$/.test(currency)
      ? moneyFromPaypal(wire.value ?? wire.total ?? '', currency)
      : null;
    if (amount !== null) return amount;
    context.addIssue({ code: 'custom', message: 'is not an amount in decimals of an ISO 4217 currency' });
    return z.NEVER;
  });

const optionalMoney = money.nullish().transform((amount) => amount ?? null);

/** RFC 3339 in UTC, from any of PayPal's spellings. */
export const moment = z.string().transform((text, context) => {
  const read = momentFrom(text);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'is not a moment with a time zone' });
  return z.NEVER;
});

/** HATEOAS links; hosts differ and some have no `rel` (paypal.md 0, 2.10). */
const link = z.object({ href: z.string(), rel: z.string() });
export const links = z
  .array(link.nullable().catch(null))
  .catch([])
  .transform((all) => all.filter((one) => one !== null));

/**
 * A capture (v2) or a sale (v1): their fields do not clash, so one reading serves both, whichever of the two endpoints
 * answered (paypal.md 2.2, 2.8, 5.1).
 */
export const captureSchema = z.object({
  id: z.string().min(1),
  status: optionalText,
  state: optionalText,
  amount: money,
  seller_receivable_breakdown: z.object({ paypal_fee: optionalMoney }).nullish(),
  transaction_fee: optionalMoney,
  payee: z.object({ merchant_id: optionalText }).nullish(),
  invoice_id: optionalText,
  custom_id: optionalText,
  invoice_number: optionalText,
  custom: optionalText,
  supplementary_data: z.object({ related_ids: z.object({ order_id: optionalText }).nullish() }).nullish(),
  billing_agreement_id: optionalText,
  create_time: moment,
  links,
});
export type WireCapture = z.infer<typeof captureSchema>;

const someone = z.object({ email_address: optionalText });

/** paypal.md 5.2. `payment_source` has one member, named after the way it was paid. */
export const orderSchema = z.object({
  id: z.string(),
  payment_source: z.record(z.string(), someone.nullish().catch(null)).nullish().catch(null),
  payer: someone.nullish(),
  purchase_units: z
    .array(
      z.object({
        payments: z
          .object({
            captures: z.array(z.object({ id: z.string() })).nullish(),
            authorizations: z.array(z.unknown()).nullish().catch(null),
          })
          .nullish(),
      }),
    )
    .nullish(),
});
export type WireOrder = z.infer<typeof orderSchema>;

/** paypal.md 2.8: only who pays. */
export const subscriptionSchema = z.object({ subscriber: someone.nullish() });

/**
 * A refund of either family: v2 names its capture in a link, v1 in `capture_id` or `sale_id`; the fee given back stands in
 * `seller_payable_breakdown` (paypal.md 2.6, 2.8, A.3), of Payments v1 in `refund_from_transaction_fee`.
 */
export const refundSchema = z.object({
  id: z.string().min(1),
  amount: money,
  status: optionalText,
  state: optionalText,
  capture_id: optionalText,
  sale_id: optionalText,
  seller_payable_breakdown: z.object({ paypal_fee: optionalMoney }).nullish(),
  refund_from_transaction_fee: optionalMoney,
  create_time: moment,
  links,
});
export type WireRefund = z.infer<typeof refundSchema>;

/** paypal.md 5.4. */
export const disputeSchema = z.object({
  dispute_id: z.string().min(1),
  status: z.string(),
  reason: optionalText,
  dispute_life_cycle_stage: optionalText,
  dispute_outcome: z.object({ outcome_code: optionalText }).nullish(),
  dispute_amount: optionalMoney,
  disputed_transactions: z.array(z.object({ seller_transaction_id: optionalText })).nullish(),
});
export type WireDispute = z.infer<typeof disputeSchema>;

/** paypal.md 5.5: only what paid it. `EXTERNAL`, and the status MARKED_AS_PAID, is money outside PayPal. */
export const invoiceSchema = z.object({
  status: optionalText.catch(null),
  payments: z
    .object({
      transactions: z.array(z.object({ type: optionalText, payment_id: optionalText })).nullish(),
    })
    .nullish(),
});
