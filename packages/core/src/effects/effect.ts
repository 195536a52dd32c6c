import type { NewReview, ReviewKind } from '../ports/reviews.ts';
import type { Repositories } from '../ports/store.ts';
import type { Subject } from '../ports/subject.ts';

/**
 * When the effects of a run are applied, whatever their order in its list: what we booked, the ledger that follows from it, the
 * other rows; then it is looked what is open now, questions are closed, asked, and events are ended and run again (ADR 19).
 */
export const STAGES = ['postings', 'ledger', 'rows', 'looks', 'settles', 'asks', 'covers', 'events'] as const;
export type Stage = (typeof STAGES)[number];

/** What is done in the transaction, and finds out what is to be done at a later stage. */
type Apply = (tx: Repositories) => Promise<void> | Promise<readonly Effect[]>;

/** Something only a transaction can do. Steps of one stage do not depend on each other. */
export interface Step {
  readonly kind: 'step';
  readonly stage: Exclude<Stage, 'settles' | 'asks' | 'events'>;
  readonly apply: Apply;
}

/** Questions whose reason went away. */
export interface Settles {
  readonly kind: 'settles';
  readonly kinds: readonly ReviewKind[];
  readonly subject: Subject;
  readonly note: string;
}

/** A question to a person. */
export interface Opens {
  readonly kind: 'opens';
  readonly review: NewReview;
}

/** Events that run again: by their ids, by their invoices, by what they wait for. */
export interface Reruns {
  readonly kind: 'reruns';
  readonly eventIds: readonly string[];
  readonly invoiceIds: readonly string[];
  readonly waitingFor: readonly string[];
}

/**
 * One thing a run leaves behind. All of a run's are applied in the transaction that ends it (or before its next look), so the
 * effect and its record cannot part.
 */
export type Effect = Step | Settles | Opens | Reruns;

/** At which stage an effect is applied. */
export function stageOf(effect: Effect): Stage {
  switch (effect.kind) {
    case 'step':
      return effect.stage;
    case 'settles':
      return 'settles';
    case 'opens':
      return 'asks';
    case 'reruns':
      return 'events';
  }
}

/** Rows to be read or written; what `apply` answers with belongs to a later stage. */
export function step(stage: Step['stage'], apply: Apply): Step {
  return { kind: 'step', stage, apply };
}

/** Closes open questions of these kinds about the subject; `note` says why. */
export function settles(kinds: readonly ReviewKind[], subject: Subject, note: string): Settles {
  return { kind: 'settles', kinds, subject, note };
}

/** Asks, or refreshes what was asked before. */
export function opens(review: NewReview): Opens {
  return { kind: 'opens', review };
}

/** Stored events run again with the same keys. */
export function reruns(eventIds: readonly string[]): Reruns {
  return { kind: 'reruns', eventIds, invoiceIds: [], waitingFor: [] };
}

/** It is decided anew whether and what to collect for these FreshBooks invoices. */
export function rerunsInvoices(invoiceIds: readonly string[]): Reruns {
  return { kind: 'reruns', eventIds: [], invoiceIds, waitingFor: [] };
}

/** Parked events that wait for this run at once. */
export function wakes(waitingFor: readonly string[]): Reruns {
  return { kind: 'reruns', eventIds: [], invoiceIds: [], waitingFor };
}
