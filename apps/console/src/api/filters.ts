import { addDays, type Business, firstDayOf, lastDayOf, startOfDay } from '@mlc/core';
import type { Span } from '@mlc/platform/views/page';
import { z } from './zod.ts';

const point = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** For lists of what happens at a moment. */
export const span = {
  from: point.optional().describe('this moment and later; a date begins in the time zone of the business'),
  to: point.optional().describe('before this moment, or this day'),
};

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must look like 2026-10');

/** For lists that are read by months as well. */
export const spanOrMonth = { ...span, month: month.optional().describe('YYYY-MM; instead of from and to') };

export const text = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe('part of what is shown, in any case');

interface AskedSpan {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly month?: string | undefined;
}

/** Days in the business's calendar, half-open. */
export function daysOf({ from, to, month: whole }: AskedSpan): Span<string> {
  return whole === undefined ? { from, to } : { from: firstDayOf(whole), to: addDays(lastDayOf(whole), 1) };
}

interface Moments {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** The moments that were asked for. */
export function momentsOf({ timezone }: Pick<Business, 'timezone'>, asked: AskedSpan): Moments {
  const { from, to } = daysOf(asked);
  return { from: momentOf(timezone, from), to: momentOf(timezone, to) };
}

const DATE = /^\d{4}-\d\d-\d\d$/;

function momentOf(timezone: string, given: string | undefined): Date | undefined {
  if (given === undefined) return undefined;
  return DATE.test(given) ? startOfDay(timezone, given) : new Date(given);
}
