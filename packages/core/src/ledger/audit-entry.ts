import type { AuditEntry } from '../ports/store.ts';
import type { LedgerEntry } from './entry.ts';

/** What the audit log says about a transfer in the ledger. */
export function ledgerRecordedEntry(entry: LedgerEntry, correlationId: string | null): AuditEntry {
  const { key, kind, debit, credit, amount, date, factDate, postingKey, payoutId, eventId } = entry;
  return {
    actor: 'system',
    action: 'ledger.recorded',
    subject: entry.source,
    correlationId,
    details: {
      key,
      kind,
      debit,
      credit,
      amountMinor: amount.minor,
      currency: amount.currency,
      date,
      ...(factDate === date ? {} : { factDate }),
      postingKey,
      payoutId,
      eventId,
    },
  };
}
