import type { Subject } from '@mlc/core';
import { sentenceOf, whyOf } from './audit-sentences.ts';
import type { Database } from '../postgres/database.ts';
import { GROUP_OF } from './dead-letter-groups.ts';
import { anyOf, containing, type Page, type PageQuestion, readPage, type Span, within } from './page.ts';

/** An event as a page shows it. */
export interface EventPageItem {
  readonly id: string;
  readonly provider: string;
  readonly type: string;
  readonly externalEventId: string;
  readonly resourceId: string;
  /** RFC 3339 UTC. */
  readonly receivedAt: string;
  readonly flow: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly correlationId: string;
}

type Timed<Item, Key extends keyof Item> = Omit<Item, Key> & Readonly<Record<Key, Date>>;

/** Events of a business, newest first. */
export async function pageOfEvents(
  database: Pick<Database, 'pool'>,
  question: PageQuestion &
    Span & {
      readonly businessId: string;
      readonly states?: readonly string[] | undefined;
      readonly providers?: readonly string[] | undefined;
      readonly flows?: readonly string[] | undefined;
      readonly types?: readonly string[] | undefined;
      /** Whole ids: of a million events none is searched for a part. */
      readonly resources?: readonly string[] | undefined;
      readonly externalEventIds?: readonly string[] | undefined;
    },
): Promise<Page<EventPageItem>> {
  const conditions = anyOf([question.businessId], {
    state: question.states,
    provider: question.providers,
    flow: question.flows,
    type: question.types,
    resource_id: question.resources,
    external_event_id: question.externalEventIds,
  });
  within(conditions, 'received_at', question);
  const { where, values } = conditions;
  const page = await readPage<Timed<EventPageItem, 'receivedAt'>>(
    database,
    {
      name: 'events',
      select: `inbound_events.id::text AS id, provider, type, external_event_id AS "externalEventId",
        resource_id AS "resourceId", received_at AS "receivedAt", flow, state, reason, correlation_id AS "correlationId"`,
      from: 'inbound_events',
      where: ['business_id = $1', ...where],
      values,
      order: [{ column: 'inbound_events.id', type: 'bigint' }],
    },
    question,
  );
  return { ...page, items: page.items.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() })) };
}

/** A dead letter as a page shows it. */
export interface DeadLetterPageItem {
  readonly id: string;
  readonly flow: string;
  readonly eventId: string;
  readonly failureKind: string;
  /** Of those of one cause. */
  readonly group: string;
  readonly error: string;
  readonly attempts: number;
  /** RFC 3339 UTC. */
  readonly diedAt: string;
}

/** Dead letters of a business that were not replayed, newest first. */
export async function pageOfDeadLetters(
  database: Pick<Database, 'pool'>,
  question: PageQuestion &
    Span & {
      readonly businessId: string;
      readonly flows?: readonly string[] | undefined;
      readonly failureKinds?: readonly string[] | undefined;
      readonly groups?: readonly string[] | undefined;
      readonly text?: string | undefined;
    },
): Promise<Page<DeadLetterPageItem>> {
  const filters = { flow: question.flows, failure_kind: question.failureKinds, [GROUP_OF]: question.groups };
  const conditions = anyOf([question.businessId], filters);
  within(conditions, 'died_at', question);
  containing(conditions, ['error', 'event_id'], question.text);
  const { where, values } = conditions;
  const page = await readPage<Timed<DeadLetterPageItem, 'diedAt'>>(
    database,
    {
      name: 'dead-letters',
      select: `dead_letters.id, flow, event_id AS "eventId", failure_kind AS "failureKind", ${GROUP_OF} AS "group", error, attempts,
        died_at AS "diedAt"`,
      from: 'dead_letters',
      where: ['business_id = $1', 'replayed_at IS NULL', ...where],
      values,
      order: [
        { column: 'dead_letters.died_at', type: 'timestamptz' },
        { column: 'dead_letters.id', type: 'text' },
      ],
    },
    question,
  );
  return { ...page, items: page.items.map((row) => ({ ...row, diedAt: row.diedAt.toISOString() })) };
}

/** An entry of the audit log as a page shows it. */
export interface AuditPageItem {
  readonly seq: number;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: Subject;
  readonly correlationId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** What happened, for people. */
  readonly sentence: string;
  readonly why: readonly string[];
  readonly hash: string;
}

type AuditRow = Omit<Timed<AuditPageItem, 'at'>, 'seq' | 'sentence' | 'why'> & { readonly seq: string };

const AUDIT_SELECT = `seq, at, actor, action, subject, correlation_id AS "correlationId", details, hash`;

/** The audit log of one chain (a business, or SYSTEM_CHAIN), newest first. */
export async function pageOfAudit(
  database: Pick<Database, 'pool'>,
  question: PageQuestion &
    Span & {
      readonly businessId: string;
      readonly actions?: readonly string[] | undefined;
      readonly actors?: readonly string[] | undefined;
      readonly subjectId?: string | undefined;
      readonly subjectType?: string | undefined;
      readonly correlationId?: string | undefined;
    },
): Promise<Page<AuditPageItem>> {
  const one = (value: string | undefined) => (value === undefined ? undefined : [value]);
  const conditions = anyOf([question.businessId], {
    action: question.actions,
    actor: question.actors,
    "subject->>'id'": one(question.subjectId),
    "subject->>'type'": one(question.subjectType),
    correlation_id: one(question.correlationId),
  });
  within(conditions, 'at', question);
  const { where, values } = conditions;
  const page = await readPage<AuditRow>(
    database,
    {
      name: 'audit',
      select: AUDIT_SELECT,
      from: 'audit_entries',
      where: ['business_id = $1', ...where],
      values,
      order: [{ column: 'audit_entries.seq', type: 'bigint' }],
    },
    question,
  );
  return {
    ...page,
    items: page.items.map(auditItemOf),
  };
}

function auditItemOf({ seq, at, ...row }: AuditRow): AuditPageItem {
  return { seq: Number(seq), at: at.toISOString(), ...row, sentence: sentenceOf(row), why: whyOf(row) };
}

/** One entry of a chain with the hash before it; null when there is none. */
export async function auditItem(
  { pool }: Pick<Database, 'pool'>,
  { businessId, seq }: { readonly businessId: string; readonly seq: number },
): Promise<(AuditPageItem & { readonly prevHash: string }) | null> {
  const { rows } = await pool.query<AuditRow & { readonly prevHash: string }>(
    `SELECT ${AUDIT_SELECT}, prev_hash AS "prevHash" FROM audit_entries WHERE business_id = $1 AND seq = $2`,
    [businessId, seq],
  );
  const [row] = rows;
  return row === undefined ? null : { ...auditItemOf(row), prevHash: row.prevHash };
}
