import { moneyFromDecimal, type Money } from '@mlc/core';
import { z } from 'zod';
import { oncePer } from '../shared/once.ts';
import { readMoment } from './new-york-time.ts';

/**
 * FreshBooks' objects as far as they are needed. Unknown members are fine and members that old recordings lack may be
 * missing (freshbooks.md 7.20); a needed one that is missing fails with its name.
 */

/** Ids are JSON numbers, whatever SDK types say; text of digits is accepted. */
export const wireId = z
  .union([z.int().nonnegative(), z.string()], 'expected a numeric id')
  .transform(String)
  .refine((id) => /^\d+$/.test(id), 'expected a numeric id');

const optionalText = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => value ?? '');
const textOrNull = optionalText.transform((value) => (value.trim() === '' ? null : value.trim()));
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}/, 'expected YYYY-MM-DD')
  .transform((value) => value.slice(0, 10));
const VISIBILITIES = ['active', 'deleted', 'archived'] as const;
const visState = z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected 0, 1 or 2');
/** Money is collected by it: an invoice that does not say is not guessed about. */
const visibility = visState.transform((state) => VISIBILITIES[state]);
/** Elsewhere, left out means active: what is deleted or archived always says so. */
const visibilityOrActive = visState.nullish().transform((state) => VISIBILITIES[state ?? 0]);

/** `{"amount":"10.00","code":"USD"}`, exact; a part of a minor unit is refused, never rounded. */
export const wireMoney = z
  .object({
    amount: z.union([z.string(), z.number().transform(String)], 'expected a decimal'),
    code: z.string().regex(/^[A-Z]{3}$/, 'expected a currency code'),
  })
  .transform(({ amount, code }, context): Money => {
    const money = moneyFromDecimal(amount, code);
    if (money !== null) return money;
    context.addIssue({ code: 'custom', message: `"${amount}" is no amount in ${code}`, path: ['amount'] });
    return z.NEVER;
  });

/** freshbooks.md 3.2. */
export const wireInvoice = z
  .object({
    id: wireId,
    invoice_number: optionalText,
    customerid: wireId,
    amount: wireMoney,
    outstanding: wireMoney,
    create_date: date,
    due_date: date.nullish().transform((value) => value ?? null),
    vis_state: visibility,
    current_organization: textOrNull,
    organization: textOrNull,
    fname: textOrNull,
    lname: textOrNull,
    status: z.number().nullish(),
    v3_status: z.string().nullish(),
    dispute_status: z.string().nullish(),
    payment_status: z.string().nullish(),
    auto_bill: flag,
    autobill_status: z.string().nullish(),
    last_order_status: z.string().nullish(),
  })
  .superRefine(({ amount, outstanding, status, v3_status }, context) => {
    if (amount.currency !== outstanding.currency) {
      context.addIssue({
        code: 'custom',
        message: `expected ${amount.currency}`,
        path: ['outstanding', 'code'],
      });
    }
    if (typeof status !== 'number' && typeof v3_status !== 'string') {
      context.addIssue({ code: 'custom', message: 'missing, and so is status', path: ['v3_status'] });
    }
  });
export type WireInvoice = z.infer<typeof wireInvoice>;

/** freshbooks.md 3.1. */
export const wireClient = z.object({
  id: wireId,
  email: textOrNull,
  organization: textOrNull,
  fname: textOrNull,
  lname: textOrNull,
  vis_state: visibilityOrActive,
});
export type WireClient = z.infer<typeof wireClient>;

/** freshbooks.md 3.3. A payment from a credit may have no invoice. */
export const wirePayment = z.object({
  id: wireId,
  invoiceid: wireId.nullish().transform((value) => value ?? ''),
  clientid: wireId.nullish().transform((value) => value ?? ''),
  amount: wireMoney,
  date,
  type: optionalText,
  note: optionalText,
  gateway: textOrNull,
  orderid: textOrNull,
  transactionid: textOrNull,
  overpaymentid: textOrNull,
  vis_state: visibilityOrActive,
});
export type WirePayment = z.infer<typeof wirePayment>;

/** freshbooks.md 3.5. */
export const wireExpense = z.object({
  id: wireId,
  amount: wireMoney,
  date,
  vendor: optionalText,
  notes: optionalText,
  vis_state: visibilityOrActive,
});
export type WireExpense = z.infer<typeof wireExpense>;

/** freshbooks.md 3.5. */
export const wireCategory = z
  .object({
    categoryid: wireId.optional(),
    id: wireId.optional(),
    category: optionalText,
    vis_state: visibilityOrActive,
  })
  .transform((wire, context) => {
    const id = wire.categoryid ?? wire.id;
    if (id !== undefined)
      return { id: Number(id), name: wire.category.trim(), deleted: wire.vis_state === 'deleted' };
    context.addIssue({ code: 'custom', message: 'missing, and so is id', path: ['categoryid'] });
    return z.NEVER;
  });

/** freshbooks.md 2.5. The rest of it is not read: among it are secrets (7.16). */
export const wireStaff = z.object({
  id: wireId,
  fname: textOrNull,
  lname: textOrNull,
  email: textOrNull,
  vis_state: visibilityOrActive,
});

const moment = z
  .string()
  .nullish()
  .transform((value) => (typeof value === 'string' ? readMoment(value) : null));

/** freshbooks.md 5.1; the real API seems to give both id spellings. */
export const wireCallback = z
  .object({
    callbackid: wireId.optional(),
    id: wireId.optional(),
    event: z.string(),
    uri: z.string(),
    verified: flag,
    updated_at: moment,
  })
  .transform((wire, context) => {
    const id = wire.callbackid ?? wire.id;
    if (id !== undefined) return { ...wire, id };
    context.addIssue({ code: 'custom', message: 'missing, and so is id', path: ['callbackid'] });
    return z.NEVER;
  });

/** `{"response":{"result":{"<name>":…}}}` → what stands under the name (freshbooks.md 2). */
export function resultOf<T>(name: string, inner: z.ZodType<T>): z.ZodType<T> {
  const answer = z.object({ response: z.object({ result: z.object({ [name]: inner }) }) });
  return answer.transform((body) => body.response.result[name] as T);
}

/** One page of a list. `pages` and `total` may count rows that are not shown (freshbooks.md 2.1). */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly page: number | null;
  readonly pages: number | null;
  readonly perPage: number | null;
  readonly total: number | null;
}

const count = z
  .number()
  .nullish()
  .transform((value) => value ?? null);

/** Of each kind of row the answers by name. */
const pages = oncePer((_row: z.ZodType) => new Map<string, z.ZodType<Page<unknown>>>());

/** A list's answer: rows under the plural name, or one of several, beside the paging members. */
export function pageOf<T>(name: string | readonly string[], row: z.ZodType<T>): z.ZodType<Page<T>> {
  const known = pages(row);
  const key = String(name);
  const page = (known.get(key) ?? newPage(name, row)) as z.ZodType<Page<T>>;
  known.set(key, page);
  return page;
}

function newPage<T>(name: string | readonly string[], row: z.ZodType<T>): z.ZodType<Page<T>> {
  if (typeof name === 'string') return pageNamed(name, row);
  const [first = '', ...others] = name;
  return others.reduce<z.ZodType<Page<T>>>(
    (either, other) => z.union([either, pageNamed(other, row)]),
    pageNamed(first, row),
  );
}

function pageNamed<T>(name: string, row: z.ZodType<T>): z.ZodType<Page<T>> {
  const result = z.object({ [name]: z.array(row), page: count, pages: count, per_page: count, total: count });
  return z.object({ response: z.object({ result }) }).transform(({ response: { result: found } }) => {
    const { page, pages, per_page: perPage, total } = found as unknown as Record<string, number | null>;
    const rows = (found as unknown as Record<string, readonly T[]>)[name] ?? [];
    return { rows, page: page ?? null, pages: pages ?? null, perPage: perPage ?? null, total: total ?? null };
  });
}
