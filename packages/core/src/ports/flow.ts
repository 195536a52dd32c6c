import type { Business } from '../business/business.ts';
import type { EndingCode } from '../endings/endings.ts';
import type { DomainEvent, FlowName, InboundEvent } from '../events/inbound-event.ts';
import type { Sha256Hex } from '../ids/keys.ts';
import type { Books } from './books.ts';
import type { Captures } from './captures.ts';
import type { Debits } from './debits.ts';
import type { Payouts } from './payouts.ts';
import type { Effect } from '../effects/effect.ts';
import type { Store } from './store.ts';
import type { Clock, Log, RunLocks } from './system.ts';

/** What a flow run has in its hands; everything belongs to one business. */
export interface FlowContext {
  readonly business: Business;
  /** Rejects with kind `unauthorised` when the business has no such connection. */
  readonly books: Books;
  readonly debits: Debits;
  readonly captures: Captures;
  readonly payouts: Payouts;
  readonly store: Store;
  readonly locks: RunLocks;
  readonly clock: Clock;
  readonly log: Log;
  readonly sha256: Sha256Hex;
  readonly settleDelayMs: number;
}

/** One run of a flow: what it has in its hands, and the event that started it. */
export interface Job extends FlowContext {
  readonly event: InboundEvent;
}

/**
 * How a run ended. Its effects are applied in the same transaction as the event's new state and the audit entry, so the effect
 * and its record cannot part. Failures are thrown as ConnectorError instead.
 */
export type FlowResult = {
  /** One sentence; goes to the audit log and to `mlc events list`. */
  readonly reason: string;
  /** Facts, candidates and choices behind the reason, for the audit log. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** In no order: each has its stage. */
  readonly effects: readonly Effect[];
} & (
  | { readonly state: 'done' }
  | {
      readonly state: 'skipped';
      /** Why the run may end without effect. */
      readonly because: EndingCode;
    }
  | {
      readonly state: 'parked';
      readonly waitingFor: string;
      /** Null: nothing but what it waits for wakes it. */ readonly recheckAt: Date | null;
    }
);

/** One business path. */
export interface Flow {
  readonly name: FlowName;
  /** Which domain events it takes. */
  accepts(news: DomainEvent): boolean;
  /** `news` is what the job's event means. */
  run(job: Job, news: DomainEvent): Promise<FlowResult>;
}
