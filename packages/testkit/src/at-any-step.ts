import type { DomainEvent } from '@mlc/core';
import type { FlowWorld } from './flow-world.ts';

/** Something that may come between any two outside steps of a run. */
export interface Disturbance {
  readonly name: string;
  /** Delivers the event; the trouble comes after so many of its steps. */
  strike(world: FlowWorld, event: DomainEvent, steps: number): void;
  /** True when it has not come: the run had fewer steps. */
  isPending(world: FlowWorld): boolean;
}

/** What a flow has to end the same after, wherever it comes. */
export const AT_ANY_STEP: readonly Disturbance[] = [
  {
    name: 'killed at any step and restarted',
    strike: (world, event, steps) => {
      world.deliver(event);
      world.crashAfter(steps);
    },
    isPending: (world) => world.crashPending,
  },
  {
    name: 'losing its lock at any step to another run of the same',
    strike: (world, event, steps) => {
      world.deliver(event);
      world.deliver(event);
      world.meetAfter(steps);
    },
    isPending: (world) => world.meetingPending,
  },
];

/** More outside steps than any run takes. */
const STEPS_MAX = 200;
/** Fewer would mean that hardly anything was tried. */
const STEPS_MIN = 6;

/**
 * Strikes after the first outside step of a run, in a new world after the second, and so on to its last. `prepare` makes
 * each world, `check` looks at it when it has come to rest.
 */
export async function strikeAtEachStep(
  disturbance: Disturbance,
  event: DomainEvent,
  { prepare, check }: { prepare: () => Promise<FlowWorld>; check: (world: FlowWorld) => void },
): Promise<void> {
  for (let steps = 1; steps <= STEPS_MAX; steps += 1) {
    const world = await prepare();
    disturbance.strike(world, event, steps);
    await world.settle();
    check(world);
    if (!disturbance.isPending(world)) continue;
    if (steps < STEPS_MIN) throw new Error(`the run took ${steps} steps only: nothing was tried`);
    return;
  }
  throw new Error(`the run took more than ${STEPS_MAX} steps`);
}
