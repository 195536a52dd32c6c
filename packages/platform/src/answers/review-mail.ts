import type { Review } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { reviewOf } from '../store/review-rows.ts';

/** An open review nobody was told about yet. */
export interface UnmailedReview {
  readonly businessId: string;
  readonly review: Review;
}

/** The oldest open reviews whose mail did not go out. What was resolved meanwhile needs none. */
export async function takeUnmailed(database: Database, limit: number): Promise<UnmailedReview[]> {
  const rows = await database.prisma.review.findMany({
    where: { mailedAt: null, state: 'open' },
    orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return rows.map((row) => ({ businessId: row.businessId, review: reviewOf(row) }));
}

/** Notes that the mail about these reviews went out at this moment. */
export async function markMailed(database: Database, reviewIds: readonly string[], at: Date): Promise<void> {
  await database.prisma.review.updateMany({
    where: { id: { in: [...reviewIds] }, mailedAt: null },
    data: { mailedAt: at },
  });
}
