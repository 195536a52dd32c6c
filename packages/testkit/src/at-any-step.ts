import type { DomainEvent } from '@mlc/core';
import type { FlowWorld } from './flow-world.ts';

/** Something that may come between any two outside steps of a run. */
export interface Disturbance {
  readonly name: string;
  /**
   * Lets the event run, with the trouble after so many of its steps, and of another run of it where there are two. Returns
   * false when it had fewer.
   */
  strike(world: FlowWorld, event: DomainEvent, steps: number, others: number): Promise<boolean>;
}

/** What a flow has to end the same after, wherever it comes. */
export const AT_ANY_STEP: readonly Disturbance[] = [
  {
    name: 'killed at any step and restarted',
    strike: async (world, event, steps) => {
      world.deliver(event);
      world.crashAfter(steps);
      await world.settle();
      return !world.crashPending;
    },
  },
  {
    name: 'losing its lock at any step to another run of the same',
    strike: async (world, event, steps) => {
      world.deliver(event);
      world.deliver(event);
      world.meetAfter(steps);
      await world.settle();
      return !world.meetingPending;
    },
  },
  {
    name: 'losing its lock at any step, and going on in the middle of the run that took it',
    strike: async (world, event, steps, others) => {
      const struck = await world.overtake(event, steps, others);
      await world.settle();
      return struck;
    },
  },
  {
    name: 'paused at any step, and let go on later',
    strike: async (world, event, steps) => {
      world.deliver(event);
      world.meetAfter(steps, () => world.setPolicy({ mode: 'observe' }));
      await world.settle();
      const struck = !world.meetingPending;
      await world.setPolicy({ mode: 'live' });
      await world.settle();
      return struck;
    },
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
    // All pairs of places would take minutes: the second one is anywhere, the same in every run of the test.
    const others = 1 + ((steps * 7) % 19);
    const world = await prepare();
    const struck = await disturbance.strike(world, event, steps, others);
    check(world);
    if (struck) continue;
    if (steps < STEPS_MIN) throw new Error(`the run took ${steps} steps only: nothing was tried`);
    return;
  }
  throw new Error(`the run took more than ${STEPS_MAX} steps`);
}
