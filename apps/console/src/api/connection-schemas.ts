import { instant } from './schemas.ts';
import { z } from './zod.ts';

const credential = z.string().min(1).max(4_096);
const environment = z.enum(['sandbox', 'live']);

export const provider = z.enum(['freshbooks', 'gocardless', 'paypal']);

export const connectionDetails = z.object({
  id: z.string(),
  provider: z.string(),
  environment: z.string(),
  state: z.string(),
  revision: z.number().int().describe('the ETag is "r<revision>"'),
  settings: z.record(z.string(), z.unknown()).describe('ids, never a secret'),
  secrets: z.array(z.object({ name: z.string(), setAt: instant })).describe('written only'),
  webhookUrls: z.array(z.string()).describe('where the provider has to send its webhooks'),
});

export const connectionChange = z.strictObject({
  environment: environment.optional(),
  accessToken: credential.optional().describe('GoCardless'),
  webhookSecrets: z.array(credential).max(10).optional().describe('GoCardless'),
  creditorId: z.string().max(64).nullable().optional().describe('GoCardless'),
  clientId: credential.optional().describe('PayPal'),
  clientSecret: credential.optional().describe('PayPal'),
  webhookId: credential.optional().describe('PayPal'),
  merchantId: credential.optional().describe('PayPal'),
});

export const authorisation = z.object({
  url: z.string().describe('open it in this browser'),
  redirectUri: z.string().describe('has to be registered with the app at FreshBooks, letter by letter'),
  expiresAt: instant,
});

export const consentAccount = z.object({
  accountId: z.string().nullable(),
  businessId: z.string(),
  businessUuid: z.string().nullable(),
  name: z.string(),
  role: z.string(),
  obstacle: z.string().nullable().describe('why it cannot be chosen'),
});

const perCurrency = z.record(z.string().regex(/^[A-Z]{3}$/), z.number().int().min(1));
const accountId = z.number().int().positive().nullable();
const uuid = z.string().max(64).nullable();

const policyShape = {
  mode: z.enum(['observe', 'live']),
  limits: z.strictObject({ maxDebitMinor: perCurrency, maxDebitsPerDay: perCurrency }),
  collectFrom: z.iso.date().describe('invoices created before it are never collected'),
  chargeDate: z.enum(['due-date', 'as-soon-as-possible']),
  noMandate: z.enum(['review', 'request', 'pause']),
  recordPaymentAt: z.enum(['confirmed', 'paid_out']),
  onLateFailure: z.enum(['reverse', 'review']),
  paypalFees: z.enum(['none', 'expense']),
  gocardlessFees: z.enum(['none', 'expense']),
  payoutEntry: z.enum(['none', 'journal']),
  accounts: z.strictObject({
    feeExpenseCategoryId: accountId,
    staffId: accountId,
    bankAccountUuid: uuid,
    clearingAccountUuid: uuid,
    feeAccountUuid: uuid,
  }),
};

export const policy = z.object(policyShape);
export const policyChange = z.strictObject(policyShape).omit({ mode: true });
export const modeChange = z.strictObject({ mode: z.enum(['observe', 'live']) });
export const modeChanged = z.object({
  mode: z.enum(['observe', 'live']),
  changed: z.boolean(),
  released: z.number().int(),
});
