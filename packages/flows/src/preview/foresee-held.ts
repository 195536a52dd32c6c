import {
  ConnectorError,
  type DomainEvent,
  type Flow,
  type FlowContext,
  type FlowResult,
  guardPorts,
  type InboundEvent,
  WAITING_FOR_GO_LIVE,
  waitForGoLive,
  WriteHeldError,
} from '@mlc/core';
import { withoutWrites } from './dry-transaction.ts';
import type { Obstacle } from './foreseen.ts';
import { patiently, type Pause } from './patience.ts';

/** An event that waits for go-live. */
export interface HeldEvent {
  readonly inbound: InboundEvent;
  readonly event: DomainEvent;
}

/** What would come of it if the business went live now. */
export type HeldNow =
  /** `details` name the write, as those of the run that parked it did. */
  | { readonly kind: 'write'; readonly details: Readonly<Record<string, unknown>> }
  | { readonly kind: 'question'; readonly obstacles: readonly Obstacle[] }
  | { readonly kind: 'nothing'; readonly why: string }
  /** It cannot be told without writing. */
  | { readonly kind: 'untold' };

/** What a run of an event that waits needs. */
export interface ForeseeOptions {
  readonly flows: readonly Flow[];
  readonly pause: Pause;
}

/**
 * Runs the event as go-live would, by the flow's own code, up to the first thing that it would write: in FreshBooks, at
 * GoCardless or in our own books. Rejects with the first ConnectorError that is not a rate limit and not "not yet".
 */
export async function foreseeHeld(
  context: Omit<FlowContext, 'locks'>,
  { inbound, event }: HeldEvent,
  { flows, pause }: ForeseeOptions,
): Promise<HeldNow> {
  const flow = flows.find((one) => one.accepts(event));
  if (flow === undefined) return { kind: 'nothing', why: 'it means nothing any more' };
  const dry = dryRun(context);
  try {
    return meaningOf(await patiently(() => flow.run({ ...dry, event: inbound }, event), pause));
  } catch (error) {
    if (error instanceof WriteHeldError) return meaningOf(waitForGoLive(error));
    // What it wrote and reads back is not there: a preview does without.
    if (!(error instanceof ConnectorError)) return { kind: 'untold' };
    if (error.kind !== 'not-ready' && error.kind !== 'outcome-unknown') throw error;
    return { kind: 'nothing', why: error.message };
  }
}

/** The business observes, whatever it does by the time the run begins: every write stops at its gate, or at the door. */
function dryRun(context: Omit<FlowContext, 'locks'>): FlowContext {
  const { business, books, debits, captures, payouts, store } = context;
  return {
    ...context,
    ...guardPorts({ books, debits, captures, payouts }, () => false),
    business: { ...business, policy: { ...business.policy, mode: 'observe' } },
    store: withoutWrites(store),
    locks: { withLock: (_key, work) => work(), letGoAfter: (work) => work() },
  };
}

function meaningOf(result: FlowResult): HeldNow {
  if (result.state === 'parked' && result.waitingFor === WAITING_FOR_GO_LIVE)
    return { kind: 'write', details: result.details ?? {} };
  const obstacles = result.effects.flatMap((effect): Obstacle[] => {
    if (effect.kind !== 'opens') return [];
    const { kind, subject, reasons } = effect.review;
    return [{ kind, subject, why: reasons.join(' ') }];
  });
  return obstacles.length > 0 ? { kind: 'question', obstacles } : { kind: 'nothing', why: result.reason };
}
