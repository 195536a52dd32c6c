import type { ReportFormat } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import type { Snapshot } from './snapshot.ts';
import type { Sink } from './sink.ts';

/** A month that was closed, as `mlc period list` shows it. */
export interface ClosedMonth {
  /** Short name. */
  readonly business: string;
  /** YYYY-MM. */
  readonly month: string;
  /** Of the report R at closing. */
  readonly sha256: string;
  readonly closedBy: string;
  /** RFC 3339 UTC. */
  readonly closedAt: string;
}

/** Keeps a report's pieces as parts of the closed month. */
export function storeParts(
  executor: Executor,
  { businessId, month, format }: { businessId: string; month: string; format: ReportFormat },
): Sink {
  let part = 0;
  return async (content) => {
    await executor.periodReport.create({ data: { businessId, month, format, part, content } });
    part += 1;
  };
}

/** Prints the report as it was when the month was closed; false while the month is open. */
export async function printStored(
  snapshot: Snapshot,
  { businessId, month, format }: { businessId: string; month: string; format: ReportFormat },
  sink: Sink,
): Promise<boolean> {
  const closed = await snapshot.all({
    text: 'SELECT 1 FROM closed_periods WHERE business_id = $1 AND month = $2',
    values: [businessId, month],
  });
  if (closed.length === 0) return false;
  const parts = snapshot.rows<{ content: string }>({
    text: `SELECT content FROM period_reports WHERE business_id = $1 AND month = $2 AND format = $3 ORDER BY part`,
    values: [businessId, month, format],
  });
  for await (const { content } of parts) await sink(content);
  return true;
}
