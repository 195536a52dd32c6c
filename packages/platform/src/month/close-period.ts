import { type Clock, dateIn, firstDayOf, lastDayOf, REPORT_FORMATS } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { periodLockName } from '../store/periods.ts';
import { WishRefusedError } from '../answers/person-says.ts';
import { reportFacts } from './facts.ts';
import type { ReportQuestion } from './question.ts';
import { writeReport } from './report.ts';
import { type ClosedMonth, storeParts } from './stored.ts';
import { type Reader, withReader } from './snapshot.ts';

/** Writing the report of a long month three times; everybody who dates something waits meanwhile. */
const CLOSING_TIMEOUT_MS = 300_000;
/** Postings named in a refusal. */
const NAMED = 5;

/** The month to close; `by` is who asked for it. */
export interface Closing extends ReportQuestion {
  readonly by: string;
  /** Of the report that was seen: with another one the month stays open. */
  readonly seenSha256?: string;
  /** What else the audit log says of it. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The report is not the one that was seen; the month is open as before. */
export class ClosedOtherwiseError extends Error {
  override readonly name = 'ClosedOtherwiseError';
  readonly sha256: string;

  constructor(sha256: string) {
    super(`the report has changed since it was seen: its sha256 is ${sha256} now`);
    this.sha256 = sha256;
  }
}

/** What is odd about closing a month now, for people; it is allowed all the same. */
export async function closingNotices(
  database: Database,
  clock: Clock,
  { business, month }: { business: { id: string; timezone: string }; month: string },
): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ month: string }>(
    `SELECT DISTINCT left(date, 7) AS month FROM ledger_entries WHERE business_id = $1 AND date < $2
     EXCEPT SELECT month FROM closed_periods WHERE business_id = $1 ORDER BY month`,
    [business.id, firstDayOf(month)],
  );
  const earlier = rows.map((row) => row.month);
  return [
    ...(dateIn(business.timezone, clock.now()) <= lastDayOf(month)
      ? [`${month} has not ended: what comes from now on is dated in the next open month`]
      : []),
    ...(earlier.length > 0 ? [`earlier months with entries are still open: ${earlier.join(', ')}`] : []),
  ];
}

/**
 * Closes a month: keeps its report in every format and its SHA-256, so that later facts go into the first open month. While
 * it runs nothing of this business can be dated (the lock of `periodStore`). Needs two connections.
 * @throws WishRefusedError when it is closed, or when an entry in it is on its way to FreshBooks; ClosedOtherwiseError.
 */
export function closePeriod(database: Database, clock: Clock, closing: Closing): Promise<ClosedMonth> {
  return withReader(database, (reader) =>
    lockedPeriods(database, closing.business.id, (tx) => closeLocked(tx, { reader, clock, closing })),
  );
}

async function closeLocked(
  tx: Executor,
  { reader, clock, closing }: { reader: Reader; clock: Clock; closing: Closing },
): Promise<ClosedMonth> {
  const { business, month, by, seenSha256, details } = closing;
  await refuseClosed(tx, closing);
  await refuseIntents(tx, closing);
  const sha256 = await storeReports(tx, reader, closing);
  if (seenSha256 !== undefined && seenSha256 !== sha256) throw new ClosedOtherwiseError(sha256);
  const closedAt = clock.now();
  await tx.closedPeriod.create({ data: { businessId: business.id, month, sha256, closedBy: by, closedAt } });
  await appendAudit(tx, business.id, clock, {
    actor: by,
    action: 'period.closed',
    subject: { provider: 'mlc', type: 'period', id: month },
    correlationId: null,
    details: { sha256, ...details },
  });
  return { business: business.slug, month, sha256, closedBy: by, closedAt: closedAt.toISOString() };
}

/** Runs the work while nothing of the business can be dated by what is open. */
export function lockedPeriods<T>(
  database: Database,
  businessId: string,
  work: (tx: Executor) => Promise<T>,
): Promise<T> {
  return database.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`
        SELECT pg_advisory_xact_lock(hashtextextended(${periodLockName(businessId)}, 0))`;
      return work(tx);
    },
    { timeout: CLOSING_TIMEOUT_MS, maxWait: CLOSING_TIMEOUT_MS },
  );
}

async function refuseClosed(tx: Executor, { business, month }: Closing): Promise<void> {
  const where = { businessId_month: { businessId: business.id, month } };
  const closed = await tx.closedPeriod.findUnique({ where });
  if (closed === null) return;
  const { closedAt, closedBy, sha256 } = closed;
  throw new WishRefusedError(
    `${month} of ${business.slug} is closed already, since ${closedAt.toISOString()} by ${closedBy} (sha256 ${sha256})`,
  );
}

async function refuseIntents(tx: Executor, { business, month }: Closing): Promise<void> {
  const where = {
    businessId: business.id,
    state: 'intent',
    date: { gte: firstDayOf(month), lte: lastDayOf(month) },
  };
  const count = await tx.posting.count({ where });
  if (count === 0) return;
  const some = await tx.posting.findMany({ where, orderBy: { key: 'asc' }, take: NAMED });
  const named = some.map(({ key, sourceProvider, sourceId }) => `${key} (${sourceProvider} ${sourceId})`);
  throw new WishRefusedError(
    `${month} of ${business.slug} cannot be closed: ${String(count)} posting(s) dated in it are on their way to ` +
      `FreshBooks: ${named.join(', ')}${count > NAMED ? ' …' : ''}; mlc drain waits for them, mlc dead-letters list ` +
      'shows those that failed',
  );
}

/** All formats from one state of the database, seen after the lock was taken. Returns the SHA-256 of R. */
function storeReports(tx: Executor, reader: Reader, closing: Closing): Promise<string> {
  return reader.reading(async (snapshot) => {
    const facts = reportFacts(snapshot, closing);
    const which = { businessId: closing.business.id, month: closing.month };
    let ofR = '';
    for (const format of REPORT_FORMATS) {
      const sha256 = await writeReport(facts, format, storeParts(tx, { ...which, format }));
      if (format === 'json') ofR = sha256;
    }
    return ofR;
  });
}
