import { z } from 'zod';
import { nearestName } from './nearest-name.ts';

/** Tokens and secrets as a person pastes them: no blanks, no quotes around them left in. */
const credential = z
  .string()
  .max(4_096)
  .regex(/^[^\s"'<>]+$/, 'must not be empty or contain blanks, quotes or angle brackets: paste it as issued');

const name = z.string().trim().min(1, 'must not be empty').max(200);

/** Numbers at the provider, opaque in this file: in quotes they are the same (contract.md, first paragraph). */
const numericId = z.preprocess(
  (id) => (typeof id === 'string' && /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id),
  z.int().positive(),
);

const environment = z.enum(['sandbox', 'live'], 'must be sandbox or live');

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Z]/i.test(zone);
  } catch {
    return false;
  }
}

const callback = z.strictObject({
  event: z.string().regex(/^[a-z_]+(\.[A-Za-z]+)?$/, 'must be an event such as invoice.create'),
  callbackId: numericId,
  verifier: credential,
});

const freshbooks = z.strictObject({
  accountId: z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'must be the FreshBooks account id, e.g. xZNQ1X'),
  businessId: numericId.optional(),
  businessUuid: z.guid('must be a UUID').optional(),
  accessToken: credential,
  refreshToken: credential,
  expiresAt: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-21T12:00:00Z' }),
  callbacks: z.array(callback).max(100).default([]),
});

const gocardless = z.strictObject({
  environment,
  accessToken: credential,
  webhookSecrets: z.array(credential).max(10).default([]),
  creditorId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a creditor in GoCardless, e.g. CR00007Q5YXWY0')
    .nullable()
    .default(null),
});

const paypal = z.strictObject({
  environment,
  clientId: credential,
  clientSecret: credential,
  webhookId: credential
    .refine(
      (id) => id.toUpperCase() !== 'WEBHOOK_ID',
      "is PayPal's placeholder, which would accept anybody's webhooks: put the id of your own webhook, or leave it out and run mlc webhooks register",
    )
    .optional(),
  merchantId: credential,
});

/** Opaque as well: `mlc apply` looks it up in the chart of accounts. */
const ledgerAccount = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'must be the account_uuid of an account in FreshBooks')
  .nullable()
  .default(null);

const accounts = z.strictObject({
  feeExpenseCategoryId: numericId.nullable().default(null),
  staffId: numericId.nullable().default(null),
  bankAccountUuid: ledgerAccount,
  clearingAccountUuid: ledgerAccount,
  feeAccountUuid: ledgerAccount,
});

function choice<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z.enum(values, `must be ${values.join(' or ')}`).default(values[0] as Values[number]);
}

/** Whole numbers per currency; 0 would be a business that never debits, which `observe` and opting out are for. */
const perCurrency = z
  .record(
    z.string(),
    z
      .int('must be a whole number, amounts in minor units')
      .min(1, 'must be at least 1: leave it out for no limit'),
  )
  .superRefine((limits, context) => {
    for (const currency of Object.keys(limits)) {
      if (/^[A-Z]{3}$/.test(currency)) continue;
      context.addIssue({
        code: 'custom',
        path: [currency],
        message: 'must be named by its currency, such as GBP',
      });
    }
  })
  .default({});

const limits = z.strictObject({ maxDebitMinor: perCurrency, maxDebitsPerDay: perCurrency });

const policy = z.strictObject({
  /** Left out: `observe` for a business that is new, else as it is. */
  mode: z.enum(['observe', 'live'], 'must be observe or live').optional(),
  limits: limits.prefault({}),
  collectFrom: z.iso.date('must be a date such as 2026-11-01').optional(),
  chargeDate: choice('due-date', 'as-soon-as-possible'),
  noMandate: choice('review', 'request', 'pause'),
  recordPaymentAt: choice('confirmed', 'paid_out'),
  onLateFailure: choice('reverse', 'review'),
  paypalFees: choice('none', 'expense'),
  gocardlessFees: choice('none', 'expense'),
  payoutEntry: choice('none', 'journal'),
  accounts: accounts.prefault({}),
});

const businessName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a short name of lower-case letters, digits and hyphens');

/** Whether a business may be called so on the command line. */
export const isBusinessName = (slug: string): boolean => businessName.safeParse(slug).success;

const businessFile = z.strictObject({
  business: businessName,
  displayName: name.optional(),
  timezone: z.string().refine(isTimezone, 'must be an IANA time zone such as Europe/London'),
  notify: z
    .strictObject({ emails: z.array(z.email('must be an e-mail address')).max(20) })
    .prefault({ emails: [] }),
  connections: z
    .strictObject({
      freshbooks: freshbooks.optional(),
      gocardless: gocardless.optional(),
      paypal: paypal.optional(),
    })
    .prefault({}),
  policy: policy.prefault({}),
});

/** A business as `mlc apply` takes it, checked and with defaults; contract section 4. */
export type BusinessFile = z.output<typeof businessFile>;

/** The same before defaults, for whoever writes one. */
export type BusinessFileInput = z.input<typeof businessFile>;

/** The file cannot be applied; nothing of it was. Values are never repeated: they may be secrets. */
export class BusinessFileError extends Error {
  override readonly name = 'BusinessFileError';
  readonly problems: readonly { readonly path: string; readonly message: string }[];

  constructor(problems: BusinessFileError['problems']) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`);
    super(`the business file cannot be applied:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** Reads the text of a business file. @throws BusinessFileError naming every field that is wrong. */
export function parseBusinessFile(text: string): BusinessFile {
  return checkBusinessFile(parseJson(text));
}

/** Checks what was read as JSON. @throws BusinessFileError */
export function checkBusinessFile(content: unknown): BusinessFile {
  const read = businessFile.safeParse(content, { error: inOurWords });
  if (read.success) return read.data;
  throw new BusinessFileError(read.error.issues.flatMap(problemsOf));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1];
    const line = at === undefined ? '' : ` (line ${text.slice(0, Number(at)).split('\n').length})`;
    throw new BusinessFileError([
      { path: '', message: `is not JSON${line}: check commas, quotes and brackets` },
    ]);
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  int: 'a whole number',
  number: 'a number',
  object: 'an object { … }',
  record: 'an object of currencies and numbers, such as { "GBP": 100 }',
  array: 'a list [ … ]',
};

function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_big') return `must not be longer than ${issue.maximum}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  return undefined;
}

function problemsOf(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  const known = keysAt(businessFile, path);
  return issue.keys.map((key) => {
    const near = nearestName(key, known);
    const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
    return { path: [...path, key].join('.'), message: `there is no such field; ${hint}` };
  });
}

/** The field names of the object at a path of the schema. */
function keysAt(schema: z.core.$ZodType, path: readonly string[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodArray) return keysAt(schema.element, path.slice(1));
  if (!(schema instanceof z.ZodObject)) return [];
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(schema.shape);
  const inner = (schema.shape as Record<string, z.core.$ZodType>)[first];
  return inner === undefined ? [] : keysAt(inner, rest);
}
