import { tenthsFromText } from '@mlc/core';
import { z } from 'zod';
import { currency, metadata, minorUnits, optionalText } from './schema.ts';

/** `"-264.0"`: minor units with one decimal (gocardless.md 2.11), never a float. */
const tenths = z.union([z.string(), z.number()]).transform((amount, context) => {
  const read = tenthsFromText(String(amount));
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'is not an amount in minor units with one decimal' });
  return z.NEVER;
});

/** gocardless.md 2.10. */
export const payoutSchema = z.object({
  id: z.string(),
  amount: minorUnits,
  deducted_fees: minorUnits.nullish().transform((fees) => fees ?? 0n),
  currency,
  status: z.string(),
  arrival_date: optionalText,
  reference: optionalText,
  payout_type: optionalText,
  created_at: z.string(),
  fx: z
    .object({ fx_currency: optionalText, fx_amount: minorUnits.nullish(), exchange_rate: optionalText })
    .nullish(),
  links: z.object({ creditor: optionalText }).nullish(),
});
export type WirePayout = z.infer<typeof payoutSchema>;

const links = z
  .object({ payment: optionalText, refund: optionalText, mandate: optionalText })
  .nullish()
  .transform((given) => given ?? { payment: null, refund: null, mandate: null });

/** gocardless.md 2.11. */
export const payoutItemSchema = z.object({
  type: z.string(),
  amount: tenths,
  taxes: z
    .array(z.object({ amount: tenths }))
    .nullish()
    .transform((taxes) => taxes ?? []),
  links,
});
export type WirePayoutItem = z.infer<typeof payoutItemSchema>;

/** gocardless.md 2.9. */
export const refundSchema = z.object({
  id: z.string(),
  amount: minorUnits,
  currency,
  status: z.string(),
  created_at: z.string(),
  metadata,
  links,
});
export type WireRefund = z.infer<typeof refundSchema>;
