import { invalidState, notFound } from './refusal.ts';
import type { Scheme } from './wire.ts';
import type { World } from './world.ts';

/** Runs one simulator on the resource of this id. Throws a refusal when its precondition is not met. */
export type Simulate = (world: World, id: string) => void;

/** Schemes whose mandates go with their first payment: debits may be simulated before the mandate is active. */
export const WITH_PENDING_MANDATE: readonly Scheme[] = ['ach', 'becs', 'becs_nz', 'sepa_core'];

/** The row, or 404. */
export function found<T>(row: T | undefined): T {
  if (row === undefined) throw notFound();
  return row;
}

/** What the real simulators answer to an unmet precondition is not documented. */
export function need(isMet: boolean, message: string): void {
  if (!isMet) throw invalidState('scenario_simulator_failed', message);
}
