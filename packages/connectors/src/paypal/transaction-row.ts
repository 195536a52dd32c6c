import type { PaypalTransaction } from '@mlc/core';
import { z } from 'zod';
import { moment, money, optionalText } from './schema.ts';

const row = z.object({
  transaction_info: z.object({
    transaction_id: optionalText,
    paypal_reference_id: optionalText,
    transaction_event_code: optionalText,
    transaction_initiation_date: moment,
    transaction_updated_date: moment.nullish(),
    transaction_amount: money.nullish(),
    fee_amount: money.nullish(),
    transaction_status: optionalText,
    invoice_id: optionalText,
    custom_field: optionalText,
  }),
  payer_info: z.object({ email_address: optionalText }).nullish(),
});
type WireRow = z.infer<typeof row>;

/** One page of Transaction Search (paypal.md 4.4). */
export const pageSchema = z.object({
  transaction_details: z.array(row).nullish(),
  last_refreshed_datetime: moment.nullish(),
  total_items: z.number().nullish(),
  total_pages: z.number().nullish(),
});
export type SearchPage = z.infer<typeof pageSchema>;

/** A row in our words; null for one that names no money (it has no id or no amount). */
export function toTransaction({ transaction_info: info, payer_info }: WireRow): PaypalTransaction | null {
  const { transaction_id: id, transaction_amount: amount } = info;
  if (id === null || amount === null || amount === undefined) return null;
  const references = [info.invoice_id, info.custom_field].filter((text) => text !== null);
  return {
    id,
    referenceId: info.paypal_reference_id,
    eventCode: info.transaction_event_code ?? '',
    amount,
    fee: info.fee_amount ?? null,
    status: info.transaction_status ?? '',
    initiatedAt: info.transaction_initiation_date,
    updatedAt: info.transaction_updated_date ?? info.transaction_initiation_date,
    payerEmail: payer_info?.email_address ?? null,
    references: [...new Set(references)],
  };
}

/**
 * One row per (id, event code): an id alone is not unique (paypal.md 4.4). Of two the settled one stays before the pending
 * one, then the one that changed last.
 */
export function newestOfEach(rows: Iterable<PaypalTransaction>): PaypalTransaction[] {
  const kept = new Map<string, PaypalTransaction>();
  for (const candidate of rows) {
    const key = `${candidate.id} ${candidate.eventCode}`;
    const known = kept.get(key);
    if (known === undefined || supersedes(candidate, known)) kept.set(key, candidate);
  }
  return [...kept.values()];
}

function supersedes(candidate: PaypalTransaction, known: PaypalTransaction): boolean {
  const [isPending, wasPending] = [candidate.status === 'P', known.status === 'P'];
  if (isPending !== wasPending) return wasPending;
  return candidate.updatedAt > known.updatedAt;
}
