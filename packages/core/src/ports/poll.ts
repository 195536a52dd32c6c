import type { SplitEvent } from '../events/inbound-event.ts';
import type { Money } from '../money/money.ts';

/** A stretch of a provider's own records, by the provider's clock. */
export interface PollWindow {
  /** Records of this moment and later. */
  readonly from: Date;
  /** Records up to this moment; null: up to the newest there is. */
  readonly until: Date | null;
}

/** How far back a source is read, in ms. */
export interface PollTiming {
  /** How far before now the first window begins. */
  readonly firstLookBackMs: number;
  /** How far before the cursor a window begins: what the provider's list may still lack for that long. */
  readonly overlapMs: number;
  /** The longest window; a longer backlog is read over several runs. */
  readonly windowMaxMs: number;
  /** The provider keeps its records no longer than this; asking for older ones is refused. */
  readonly keptMs: number;
}

/** A change of an object, when its provider wrote it down too coarsely to name one moment. */
export interface ChangeMoment {
  readonly earliest: Date;
  readonly latest: Date;
}

/** Where a booking of ours stands that may be what the change came from. */
export type BookingRef =
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'invoice'; readonly invoiceId: string }
  | { readonly by: 'source'; readonly provider: string; readonly sourceId: string };

/** One of several things that a list can hold under one object's id. */
export interface ListedPart {
  /** Names it, whatever becomes of it. */
  readonly key: string;
  /** What the ledger says of the object once it has counted this part as it stands now. */
  readonly counted: {
    /** The type of the entries' source. */
    readonly sourceType: string;
    /** By how much they moved the provider's clearing account, once per currency; empty: not at all. */
    readonly amounts: readonly Money[];
  };
}

/**
 * How it shows whether something polled was seen before. `provider-event`: the external event id is the provider's own,
 * so the inbox knows. `object-state`: the provider lists objects, not events, so what was received about the object is
 * compared with the moment it changed. `only-polled`: no webhook ever tells of it; the inbox knows it by its external event
 * id, and its absence there says nothing about webhooks.
 */
export type PolledIdentity =
  | { readonly kind: 'provider-event' }
  | { readonly kind: 'only-polled' }
  | {
      readonly kind: 'object-state';
      readonly changed: ChangeMoment;
      /** Only events whose type begins with this word are about the object; null: its id is unique over all kinds. */
      readonly noun: string | null;
      readonly booking: BookingRef | null;
      /** The list says that money moved: a look that saw none does not count. */
      readonly moved?: boolean;
      /**
       * Which part of the object it is: what is known about the object is known about its first part only, and only as far
       * as the ledger has it. Left out: the object is all there is.
       */
      readonly part?: ListedPart;
    };

/** One event out of a provider's own records, in the form a webhook would have brought it. */
export interface PolledEvent extends SplitEvent {
  /** When it happened, by the provider's clock. */
  readonly at: Date;
  readonly identity: PolledIdentity;
}

/** One of a provider's lists, for one connection. */
export interface EventSource {
  /** Names the cursor within the connection: `events`, `invoice`. */
  readonly name: string;
  readonly timing: PollTiming;
  /** What the window holds, in no promised order, perhaps more than once. Rejects with ConnectorError. */
  read(window: PollWindow): AsyncIterable<PolledEvent>;
  /**
   * Whether what is told of is this connection's own, so that a webhook should have told of it. Left out: all of it is.
   * Rejects with ConnectorError.
   */
  isAnnounced?(event: Pick<PolledEvent, 'type' | 'resourceId'>): Promise<boolean>;
}
