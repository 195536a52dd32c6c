import type { Clock, Log, Subject } from '@mlc/core';
import type { Database, Executor } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';
import type { PollTarget } from './runs.ts';

/** So many runs in a row without an answer are asked about: one may be a hiccup. */
export const FAILURES_TO_ASK = 2;

/** One of a provider's lists; `name` as its cursor is called. */
export interface PolledList {
  readonly target: PollTarget;
  readonly name: string;
}

interface FailingRow {
  readonly failures: number;
  readonly since: Date;
}

/** A list of a provider in questions and in the audit log. */
function listSubject({ target, name }: PolledList): Subject {
  return { provider: target.provider, type: 'list', id: name };
}

/** The list was read to its end: when it had failed before, the question about it is over. */
export async function listAnswered(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  list: PolledList,
): Promise<void> {
  const { target, name } = list;
  const known = await database.prisma.failingList.count({
    where: { connectionId: target.connectionId, source: name },
  });
  if (known === 0) return;
  await database.transaction(async (executor) => {
    await executor.failingList.deleteMany({ where: { connectionId: target.connectionId, source: name } });
    const { reviews } = repositoriesOn(executor, target.businessId, clock);
    await reviews.settle(['webhooks_silent'], listSubject(list), 'the list answers again');
  });
}

/** The list could not be read: counted, shown by `mlc status`, and asked about when it was not for the first time. */
export async function listFailed(
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
  list: PolledList,
  failure: string,
): Promise<void> {
  const asked = await database.transaction(async (executor) => {
    const row = await countFailure(executor, list, { failure, now: clock.now() });
    if (row.failures < FAILURES_TO_ASK) return false;
    const { reviews } = repositoriesOn(executor, list.target.businessId, clock);
    const covers = `failing since ${row.since.toISOString()}`;
    const subject = listSubject(list);
    if ((await reviews.lastAnswer('webhooks_silent', subject, covers)) !== null) return false;
    const reasons = reasonsOf(list, row, failure);
    const question = { subject, amount: null, reasons, candidates: [], covers, eventId: null };
    await reviews.open({ kind: 'webhooks_silent', ...question });
    return row.failures === FAILURES_TO_ASK;
  });
  const { provider, connectionId } = list.target;
  if (asked) log.warn('poll.list_fails', { provider, connectionId, list: list.name, failure });
}

async function countFailure(
  executor: Executor,
  { target, name }: PolledList,
  { failure, now }: { readonly failure: string; readonly now: Date },
): Promise<FailingRow> {
  const { failures, since } = await executor.failingList.upsert({
    where: { connectionId_source: { connectionId: target.connectionId, source: name } },
    create: { connectionId: target.connectionId, source: name, failures: 1, since: now, failure },
    update: { failures: { increment: 1 }, failure },
  });
  return { failures, since };
}

const PROVIDERS: Readonly<Record<string, string>> = {
  freshbooks: 'FreshBooks',
  gocardless: 'GoCardless',
  paypal: 'PayPal',
};

/** What the lists hold, for people; another list goes by its name. */
const CONTENTS: Readonly<Record<string, string>> = {
  client: 'clients',
  invoice: 'invoices',
  payment: 'payments',
  'webhooks-events': 'events',
};

function reasonsOf({ target, name }: PolledList, { failures, since }: FailingRow, failure: string): string[] {
  const provider = PROVIDERS[target.provider] ?? target.provider;
  return [
    `The list of ${CONTENTS[name] ?? name} at ${provider} could not be read ${failures} times in a row, since ` +
      `${since.toISOString()}: ${failure}`,
    'What only this list tells of is not seen meanwhile; nothing is lost, it is read from there once it answers. ' +
      'Look whether the provider has an outage, or has withdrawn a permission from the app. This closes by itself.',
  ];
}

/** A list that did not answer when it was last read, as `mlc status` shows it. */
export interface FailingList {
  readonly business: string;
  readonly provider: string;
  readonly list: string;
  /** Runs in a row. */
  readonly failures: number;
  /** RFC 3339. */
  readonly since: string;
  readonly failure: string;
}

/** All of them, of one business or of every one. */
export async function failingLists(database: Database, businessId?: string): Promise<readonly FailingList[]> {
  const { rows } = await database.pool.query<Omit<FailingList, 'since'> & { readonly since: Date }>(
    `SELECT business.slug AS business, connection.provider, failing.source AS list, failing.failures, failing.since,
       failing.failure
     FROM failing_lists failing
     JOIN connections connection ON connection.id = failing.connection_id
     JOIN businesses business ON business.id = connection.business_id
     WHERE $1::text IS NULL OR business.id = $1
     ORDER BY business.slug COLLATE "C", connection.provider, failing.source COLLATE "C"`,
    [businessId ?? null],
  );
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}
