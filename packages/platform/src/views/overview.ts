import { addDays, dateIn, type Business } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { cashFlow, type CashFlowDay } from './cash-flow.ts';
import { type ConnectionHealth, connectionHealth } from './connections.ts';
import { type Verdict, verdictOf } from './overview-verdict.ts';
import { type AuditPageItem, pageOfAudit } from './paged-lists.ts';

/** Kinds of questions on money that came and is not where it belongs in the books. */
const ABOUT_MONEY = [
  'unmatched_payment', 'ambiguous_match', 'amount_mismatch', 'overpayment', 'invoice_missing', 'refund', 'chargeback',
  'late_failure', 'payout_unexplained', 'period_locked', 'dispute',
]; // prettier-ignore
const DAYS_BACK = 30;
const DAYS_AHEAD = 14;
const LAST_EVENTS = 5;

interface Summed {
  readonly currency: string;
  readonly amountMinor: number;
  readonly count: number;
}

/** One currency of a business. */
export interface OverviewBlock {
  readonly currency: string;
  readonly verdict: Verdict;
  readonly inFlight: readonly (Omit<Summed, 'currency'> & { readonly state: string })[];
  /** Of the last 30 days. */
  readonly arrived: readonly (Omit<Summed, 'currency'> & { readonly provider: string })[];
  readonly questions: readonly (Omit<Summed, 'currency'> & { readonly kind: string })[];
  /** The next 14 days. */
  readonly next: readonly CashFlowDay[];
}

/** "Is my money right?" */
export interface Overview {
  readonly asOf: string;
  /** Nothing was received yet: what is left to do is setting up. */
  readonly isNew: boolean;
  readonly blocks: readonly OverviewBlock[];
  readonly counts: { readonly reviewsOpen: number; readonly deadLetters: number; readonly parked: number };
  readonly questionsWithoutAmount: readonly { readonly kind: string; readonly count: number }[];
  readonly lastClosedMonth: string | null;
  readonly health: readonly (ConnectionHealth & { readonly trouble: string | null })[];
  readonly lastEvents: readonly AuditPageItem[];
}

/** How long a poll may be late before nothing can be said, for polls every `pollIntervalMs`. */
export interface OverviewQuestion {
  readonly business: Business;
  /** The business's now. */
  readonly now: Date;
  readonly pollIntervalMs: number;
}

/** Everything of the overview, each part from an index of its own. */
export async function overviewOf(database: Database, question: OverviewQuestion): Promise<Overview> {
  const { business, now } = question;
  const businessId = business.id;
  const today = dateIn(business.timezone, now);
  const ahead = { from: today, to: addDays(today, DAYS_AHEAD), today };
  const [sums, connections, next, audit] = await Promise.all([
    sumsOf(database, businessId, addDays(today, -DAYS_BACK)),
    connectionHealth(database, businessId),
    cashFlow(database, { businessId, window: ahead }),
    pageOfAudit(database, { businessId, limit: LAST_EVENTS }),
  ]);
  const health = connections.map((each) => ({ ...each, trouble: troubleOf(each, question) }));
  const unknown = health.flatMap(({ trouble }) => trouble ?? []);
  const counts = { reviewsOpen: sums.reviewsOpen, deadLetters: sums.deadLetters, parked: sums.parked };
  return {
    asOf: now.toISOString(),
    isNew: !sums.hasEvents,
    blocks: currenciesOf(sums, next.days).map((currency) =>
      blockOf(currency, { sums, unknown, next: next.days }),
    ),
    counts,
    questionsWithoutAmount: sums.questions.flatMap(({ kind, count, currency }) =>
      currency === null ? [{ kind, count }] : [],
    ),
    lastClosedMonth: sums.lastClosedMonth,
    health,
    lastEvents: audit.items,
  };
}

interface Sums {
  readonly inFlight: readonly (Summed & { readonly state: string })[];
  readonly arrived: readonly (Summed & { readonly provider: string })[];
  readonly questions: readonly (Omit<Summed, 'currency'> & {
    readonly currency: string | null;
    readonly kind: string;
  })[];
  readonly refused: readonly { readonly currency: string; readonly count: number }[];
  readonly reviewsOpen: number;
  readonly deadLetters: number;
  readonly parked: number;
  readonly hasEvents: boolean;
  readonly lastClosedMonth: string | null;
}

function currenciesOf(
  { inFlight, arrived, questions, refused }: Sums,
  next: readonly CashFlowDay[],
): string[] {
  const all = [...inFlight, ...arrived, ...questions, ...refused, ...next].flatMap(
    ({ currency }) => currency ?? [],
  );
  return [...new Set(all)].sort();
}

interface BlockParts {
  readonly sums: Sums;
  readonly unknown: readonly string[];
  readonly next: readonly CashFlowDay[];
}

function blockOf(currency: string, { sums, unknown, next }: BlockParts): OverviewBlock {
  const own = <Each extends { readonly currency: string | null }>(list: readonly Each[]) =>
    list.filter((each) => each.currency === currency);
  const questions = own(sums.questions);
  const onMoney = questions.filter(({ kind }) => ABOUT_MONEY.includes(kind));
  const total = (list: readonly { readonly count: number }[]) =>
    list.reduce((sum, { count }) => sum + count, 0);
  const verdict = verdictOf({
    currency,
    unknown,
    questions: total(onMoney),
    unexplainedMinor: onMoney.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n),
    refusedEntries: total(own(sums.refused)),
    deadLetters: sums.deadLetters,
  });
  return {
    currency,
    verdict,
    inFlight: own(sums.inFlight).map(({ state, amountMinor, count }) => ({ state, amountMinor, count })),
    arrived: own(sums.arrived).map(({ provider, amountMinor, count }) => ({ provider, amountMinor, count })),
    questions: questions.map(({ kind, amountMinor, count }) => ({ kind, amountMinor, count })),
    next: own(next),
  };
}

const NAMES: Readonly<Record<string, string>> = {
  freshbooks: 'FreshBooks',
  gocardless: 'GoCardless',
  paypal: 'PayPal',
};
/** Polls in a row that may be missed; workers look now and then only. */
const LATE_POLLS = 3;
const LATE_MS_MIN = 15 * 60_000;

/** By the real time, as polls are. */
function troubleOf(health: ConnectionHealth, { pollIntervalMs }: OverviewQuestion): string | null {
  const name = NAMES[health.provider] ?? health.provider;
  if (health.state !== 'active') return `${name} is ${health.state}`;
  if (health.failingLists.length > 0) return `${name} does not show ${health.failingLists.join(', ')}`;
  if (health.lastPollAt === null) return null;
  const lateMs = Math.max(LATE_POLLS * pollIntervalMs, LATE_MS_MIN);
  return health.lastPollAgeMs > lateMs ? `${name} was not asked since ${health.lastPollAt}` : null;
}

const SUMS = `SELECT
  (SELECT COALESCE(json_agg(s), '[]') FROM (
    SELECT currency, state, sum(amount_minor)::bigint AS "amountMinor", count(*)::int AS count FROM collections
    WHERE business_id = $1 AND state IN ('planned', 'requested', 'pending_submission', 'submitted', 'confirmed')
    GROUP BY currency, state ORDER BY currency, state) s) AS "inFlight",
  (SELECT COALESCE(json_agg(s), '[]') FROM (
    SELECT currency, 'gocardless' AS provider, sum(net_minor)::bigint AS "amountMinor", count(*)::int AS count FROM payouts
    WHERE business_id = $1 AND arrival_date >= $2 AND status <> 'bounced' GROUP BY currency
    UNION ALL
    SELECT currency, 'paypal', sum(CASE WHEN credit = 'assets:clearing:paypal' THEN amount_minor ELSE -amount_minor END)::bigint,
      count(*)::int FROM ledger_entries
    WHERE business_id = $1 AND date >= $2 AND provider = 'paypal' AND kind = 'payout' AND 'assets:clearing:paypal' IN (debit, credit)
    GROUP BY currency) s) AS arrived,
  (SELECT COALESCE(json_agg(s), '[]') FROM (
    SELECT currency, kind, COALESCE(sum(abs(amount_minor)), 0)::bigint AS "amountMinor", count(*)::int AS count FROM reviews
    WHERE business_id = $1 AND state = 'open' GROUP BY currency, kind ORDER BY currency, kind) s) AS questions,
  (SELECT COALESCE(json_agg(s), '[]') FROM (
    SELECT currency, count(*)::int AS count FROM postings
    WHERE business_id = $1 AND state = 'rejected' GROUP BY currency) s) AS refused,
  (SELECT count(*)::int FROM reviews WHERE business_id = $1 AND state = 'open') AS "reviewsOpen",
  (SELECT count(*)::int FROM dead_letters WHERE business_id = $1 AND replayed_at IS NULL) AS "deadLetters",
  (SELECT count(*)::int FROM inbound_events WHERE business_id = $1 AND state = 'parked') AS parked,
  EXISTS (SELECT FROM inbound_events WHERE business_id = $1) AS "hasEvents",
  (SELECT max(month) FROM closed_periods WHERE business_id = $1) AS "lastClosedMonth"`;

async function sumsOf({ pool }: Pick<Database, 'pool'>, businessId: string, since: string): Promise<Sums> {
  const [row] = (await pool.query<Sums>(SUMS, [businessId, since])).rows;
  if (row === undefined) throw new Error('Postgres gave no sums');
  return row;
}
