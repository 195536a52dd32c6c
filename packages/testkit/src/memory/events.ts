import { type EventState, type EventStore, type InboundEvent, WAITING_FOR_PROVIDER } from '@mlc/core';
import type { MemoryEvent, MemoryScope } from './rows.ts';

type Outcome = Parameters<EventStore['finish']>[1];

const WAITING: readonly EventState[] = ['stored', 'queued'];
const FRESH = {
  state: 'stored' as const,
  attempts: 0,
  reason: null,
  waitingFor: null,
  recheckAt: null,
  parkedSince: null,
  unseenSince: null,
  ending: null,
};

/** The inbox, in memory. */
export function memoryEvents(scope: MemoryScope): EventStore {
  const { events } = scope.rows;
  const change = (chosen: readonly MemoryEvent[], changes: Partial<MemoryEvent>): Promise<number> => {
    for (const event of chosen) events.set(event.id, { ...event, ...changes, run: event.run + 1 });
    return Promise.resolve(chosen.length);
  };
  const listed = (keep: (event: MemoryEvent) => boolean) => [...events.values()].filter(keep);
  return {
    get: (eventId) => {
      const event = events.get(eventId);
      return Promise.resolve(event === undefined ? null : inboundEventOf(event));
    },
    finish: async (eventId, outcome) => {
      const event = events.get(eventId);
      if (event === undefined || !mayEnd(event, outcome))
        throw new Error(`the run of event ${eventId} is over already`);
      events.set(eventId, { ...event, ...endOf(event, outcome, scope.clock.now()) });
      return Promise.resolve();
    },
    awaited: (beginning) => {
      const waits = listed(({ state }) => state === 'parked').flatMap(({ waitingFor }) => waitingFor ?? []);
      return Promise.resolve([...new Set(waits.filter((wait) => wait.startsWith(beginning)))].sort());
    },
    wake: (waitingFor) =>
      change(
        listed((event) => event.state === 'parked' && event.waitingFor === waitingFor),
        { state: 'stored', waitingFor: null, recheckAt: null },
      ),
    rerun: (eventIds) =>
      change(
        listed((event) => eventIds.includes(event.id) && !WAITING.includes(event.state)),
        FRESH,
      ),
    rerunInvoices: (invoiceIds) => {
      const ofInvoice = (invoiceId: string) =>
        listed(
          ({ provider, type, resourceId }) =>
            provider === 'freshbooks' && type.startsWith('invoice.') && resourceId === invoiceId,
        ).at(-1);
      const newest = invoiceIds.flatMap((invoiceId) => ofInvoice(invoiceId) ?? []);
      return change(
        newest.filter(({ state }) => !WAITING.includes(state)),
        FRESH,
      );
    },
    waitingOn: (event) => {
      const others = listed((other) => WAITING.includes(other.state) && isOnSameObject(other, event));
      return Promise.resolve(others.map(({ id, run, type }) => ({ eventId: id, type, run })));
    },
    cover: (event, runs) => {
      const isOne = (other: MemoryEvent) =>
        runs.some(({ eventId, run }) => eventId === other.id && run === other.run);
      const covered = listed((other) => WAITING.includes(other.state) && isOne(other));
      for (const other of covered)
        events.set(other.id, {
          ...other,
          state: 'skipped',
          reason: `covered by event ${event.id}`,
          ending: 'covered-by-another',
          parkedSince: null,
          unseenSince: null,
        });
      return Promise.resolve(covered.map(({ id }) => id));
    },
  };
}

function endOf(event: MemoryEvent, outcome: Outcome, now: Date): Partial<MemoryEvent> {
  const { state, reason, waitingFor, recheckAt, because } = outcome;
  const isParked = state === 'parked';
  return {
    state,
    reason,
    waitingFor,
    recheckAt,
    ending: because ?? null,
    parkedSince: isParked ? (event.parkedSince ?? now) : null,
    unseenSince: isParked && waitingFor === WAITING_FOR_PROVIDER ? (event.unseenSince ?? now) : null,
  };
}

/** Parked events whose time has come. */
export function wakeDue({ rows: { events }, clock }: MemoryScope): number {
  const due = [...events.values()].filter(
    ({ state, recheckAt }) => state === 'parked' && recheckAt !== null && recheckAt <= clock.now(),
  );
  for (const event of due)
    events.set(event.id, {
      ...event,
      state: 'stored',
      waitingFor: null,
      recheckAt: null,
      run: event.run + 1,
    });
  return due.length;
}

/** The first moment stays. */
export function noteUnseen({ rows: { events }, clock }: MemoryScope, eventId: string): void {
  const event = events.get(eventId);
  if (event?.unseenSince === null) events.set(eventId, { ...event, unseenSince: clock.now() });
}

/** The current run, or one whose event another covered meanwhile: its effects happened. */
function mayEnd(event: MemoryEvent, outcome: Outcome): boolean {
  if (outcome.run !== undefined && outcome.run !== event.run) return false;
  const isCovered = event.state === 'skipped' && event.reason?.startsWith('covered by event ') === true;
  return event.state === 'queued' || (isCovered && outcome.state !== 'parked');
}

function isOnSameObject(other: InboundEvent, event: InboundEvent): boolean {
  return (
    other.id !== event.id &&
    event.resourceId !== '' &&
    other.connectionId === event.connectionId &&
    other.resourceId === event.resourceId &&
    other.flow === event.flow &&
    nounOf(other) === nounOf(event)
  );
}

function nounOf(event: InboundEvent): string | undefined {
  return event.type.split('.')[0];
}

/** The event as flows see it. */
export function inboundEventOf(event: MemoryEvent): InboundEvent {
  const { id, businessId, connectionId, provider, type, externalEventId, resourceId, payload } = event;
  const { receivedAt, correlationId, state, flow, attempts } = event;
  return {
    id,
    businessId,
    connectionId,
    provider,
    type,
    externalEventId,
    resourceId,
    payload,
    receivedAt,
    correlationId,
    state,
    flow,
    attempts,
  };
}
