import { formatMoney, type Log, type Notices, type Review } from '@mlc/core';
import { type Database, markMailed, systemClock, takeUnmailed, type UnmailedReview } from '@mlc/platform';

/** What sending the mails about new reviews takes. */
export interface ReviewMails {
  readonly database: Database;
  readonly notices: Notices;
  readonly log: Log;
  /** Where a person answers. */
  readonly consoleUrl: string;
}

/** Mails sent in one round. */
const MAILS_MAX = 100;

/** One mail per review nobody was told about, to its business's finance team. Returns how many went out. */
export async function mailReviews(mails: ReviewMails): Promise<number> {
  let sent = 0;
  for (const unmailed of await takeUnmailed(mails.database, MAILS_MAX)) {
    if (await mailOne(mails, unmailed)) sent += 1;
  }
  return sent;
}

/** A mail that fails is tried again with the next round; a business without addresses is asked in the console only. */
async function mailOne(mails: ReviewMails, { businessId, review }: UnmailedReview): Promise<boolean> {
  const { database, notices, log, consoleUrl } = mails;
  const business = await database.prisma.business.findUnique({ where: { id: businessId } });
  const to = business?.notifyEmails ?? [];
  try {
    if (business !== null && to.length > 0) {
      await notices.send({ to, ...wordsOf(review, business.displayName, consoleUrl) });
    }
    await markMailed(database, [review.id], systemClock.now());
    return to.length > 0;
  } catch (error) {
    log.warn('review.mail_failed', { reviewId: review.id, businessId, error });
    return false;
  }
}

/** Subject and text of the mail about one review. */
export function wordsOf(
  review: Review,
  displayName: string,
  consoleUrl: string,
): { subject: string; text: string } {
  const { subject: about, amount, reasons, candidates } = review;
  const kind = review.kind.replaceAll('_', ' ');
  const lines = [
    `${displayName}: a question about ${about.provider} ${about.type} ${about.id}${amount === null ? '' : ` (${formatMoney(amount)})`}.`,
    '',
    ...reasons,
    ...(candidates.length > 0 ? ['', 'Possible answers, best first:'] : []),
    ...candidates.map(({ invoiceNumber, why }) => `- invoice ${invoiceNumber}: ${why}`),
    '',
    `Answer it here: ${consoleUrl}/reviews/${encodeURIComponent(review.id)}`,
  ];
  return { subject: `${displayName}: ${kind}, ${about.type} ${about.id}`, text: `${lines.join('\n')}\n` };
}
