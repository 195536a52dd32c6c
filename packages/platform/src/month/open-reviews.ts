import type { ReviewLine } from '@mlc/core';
import type { Snapshot } from './snapshot.ts';
import type { ReportQuestion } from './question.ts';

type Row = Omit<ReviewLine, 'amountMinor'> & { readonly amountMinor: string | null };

/** All open questions of the business, whenever they were opened. */
export async function* openReviews(
  snapshot: Snapshot,
  { business }: ReportQuestion,
): AsyncGenerator<ReviewLine> {
  const rows = snapshot.rows<Row>({
    text: `SELECT kind, json_build_object('provider', subject_provider, 'type', subject_type, 'id', subject_id) AS subject,
        amount_minor::text AS "amountMinor", currency
      FROM reviews WHERE business_id = $1 AND state = 'open'
      ORDER BY kind COLLATE "C", subject_provider COLLATE "C", subject_type COLLATE "C", subject_id COLLATE "C"`,
    values: [business.id],
  });
  for await (const row of rows)
    yield { ...row, amountMinor: row.amountMinor === null ? null : BigInt(row.amountMinor) };
}
