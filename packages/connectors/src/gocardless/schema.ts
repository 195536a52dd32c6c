import { z } from 'zod';

/** An amount in minor units: an integer in answers, a string in some older ones (gocardless.md 1.3). */
export const minorUnits = z
  .union([z.int(), z.string().regex(/^-?\d{1,18}$/, 'is not a whole number of minor units')])
  .transform((amount) => BigInt(amount));

export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? null);

/** String values by contract; `null` on a billing request without any (gocardless.md 1.6, 2.5). */
export const metadata = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((entries) =>
    Object.fromEntries(
      Object.entries(entries ?? {}).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  );

export const currency = z.string().regex(/^[A-Z]{3}$/, 'is not an ISO 4217 currency');

/** gocardless.md 2.4. A payment taken without a mandate has no `links.mandate`. */
export const paymentSchema = z.object({
  id: z.string(),
  amount: minorUnits,
  currency,
  status: z.string(),
  charge_date: optionalText,
  description: optionalText,
  reference: optionalText,
  metadata,
  created_at: z.string(),
  links: z.object({
    mandate: optionalText,
    subscription: optionalText,
    instalment_schedule: optionalText,
    payout: optionalText,
    creditor: optionalText,
  }),
});
export type WirePayment = z.infer<typeof paymentSchema>;

/** gocardless.md 2.3. */
export const mandateSchema = z.object({
  id: z.string(),
  status: z.string(),
  scheme: z.string(),
  next_possible_charge_date: optionalText,
  created_at: z.string(),
  metadata,
  consent_parameters: z
    .object({
      start_date: optionalText,
      end_date: optionalText,
      max_amount_per_payment: minorUnits.nullish(),
      max_amount_per_period: minorUnits.nullish(),
      max_payments_per_period: z.coerce.number().int().nonnegative().nullish(),
      period: optionalText,
      period_alignment: optionalText,
    })
    .nullish(),
  consent_type: optionalText,
  authorisation_source: optionalText,
  links: z.object({ customer: z.string(), new_mandate: optionalText, creditor: optionalText }),
});
export type WireMandate = z.infer<typeof mandateSchema>;

/** gocardless.md 2.1. Customers of abandoned billing requests have neither name nor e-mail. */
export const customerSchema = z.object({
  id: z.string(),
  email: optionalText,
  given_name: optionalText,
  family_name: optionalText,
  company_name: optionalText,
  metadata,
  created_at: z.string(),
});
export type WireCustomer = z.infer<typeof customerSchema>;

/** gocardless.md 2.7. */
export const subscriptionSchema = z.object({
  id: z.string(),
  status: z.string(),
  currency,
  upcoming_payments: z
    .array(z.object({ charge_date: z.string(), amount: minorUnits }))
    .nullish()
    .transform((upcoming) => upcoming ?? []),
  metadata,
  links: z.object({ mandate: z.string() }),
});
export type WireSubscription = z.infer<typeof subscriptionSchema>;

/** gocardless.md 2.12, only what a failed payment says. */
export const eventSchema = z.object({
  id: z.string(),
  created_at: z.string(),
  resource_type: z.string(),
  action: z.string(),
  details: z.object({ will_attempt_retry: z.boolean().nullish() }).nullish(),
  links: z.object({ payment: optionalText }),
});

/** gocardless.md 2.5. */
export const billingRequestSchema = z.object({
  id: z.string(),
  status: z.string(),
  mandate_request: z
    .object({ currency: optionalText, links: z.object({ mandate: optionalText }).nullish() })
    .nullish(),
  links: z.object({ customer: optionalText, mandate_request_mandate: optionalText }).nullish(),
});
export type WireBillingRequest = z.infer<typeof billingRequestSchema>;

/** gocardless.md 2.6. */
export const billingRequestFlowSchema = z.object({ id: z.string(), authorisation_url: z.url() });

/** gocardless.md 2.14. */
export const creditorSchema = z.object({ id: z.string(), name: optionalText });
