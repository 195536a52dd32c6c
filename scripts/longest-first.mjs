import Sequencer from '@jest/test-sequencer';

/** Roughly what a file of each suite takes before anybody has measured it, in ms; its size says the rest. */
const USUAL_MS = { e2e: 30_000, integration: 4_000, unit: 500 };

/**
 * Long files first, so that none is left running alone at the end. Jest knows how long each took last time, but in a fresh clone
 * it would go by size alone and begin the short files that wait for processes last.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const byJest = super.sort(tests);
    if (byJest.every(({ duration }) => duration !== undefined)) return byJest;
    const usual = ({ duration, context }) => duration ?? USUAL_MS[context.config.displayName?.name] ?? 0;
    return byJest.toSorted((one, other) => usual(other) - usual(one));
  }
}
