import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { FailureKind } from './connector-error.ts';
import {
  backoffMs,
  decideRetry,
  PARK_LIMIT_MS,
  PARK_RECHECK_MS,
  type RetryBudget,
  waitingForConnection,
  waitingForMandate,
} from './decide-retry.ts';

const BUDGET: RetryBudget = {
  backoffBaseMs: 1_000,
  backoffCapMs: 900_000,
  maxAttempts: 12,
  settleDelayMs: 20_000,
};
const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const budgets = fc.record({
  backoffBaseMs: fc.integer({ min: 1, max: 60_000 }),
  backoffCapMs: fc.integer({ min: 1, max: 86_400_000 }),
  maxAttempts: fc.integer({ min: 1, max: 100 }),
  settleDelayMs: fc.integer({ min: 0, max: 600_000 }),
});

describe('backoffMs', () => {
  test('stays within zero and the smaller of cap and base·2^(attempt-1)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), budgets, uniform, (attempt, budget, random) => {
        const delayMs = backoffMs(attempt, budget, random);
        const ceiling = Math.min(budget.backoffCapMs, budget.backoffBaseMs * 2 ** (attempt - 1));
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(ceiling);
      }),
    );
  });

  test('its upper bound never shrinks from one attempt to the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), budgets, (attempt, budget) => {
        const almostOne = 1 - Number.EPSILON;
        expect(backoffMs(attempt + 1, budget, almostOne)).toBeGreaterThanOrEqual(
          backoffMs(attempt, budget, almostOne),
        );
      }),
    );
  });

  test('the jitter is full: it reaches zero and the ceiling', () => {
    expect(backoffMs(3, BUDGET, 0)).toBe(0);
    expect(backoffMs(3, BUDGET, 1 - Number.EPSILON)).toBe(4_000);
  });
});

describe('decideRetry', () => {
  test.each<FailureKind>(['transient', 'conflict'])(
    '%s is retried with backoff until attempts run out',
    (kind) => {
      expect(decideRetry({ kind, attempt: 1 }, BUDGET, 0.5)).toEqual({
        action: 'retry',
        delayMs: 500,
        counted: true,
      });
      expect(decideRetry({ kind, attempt: 11 }, BUDGET, 0.5)).toMatchObject({ action: 'retry' });
      expect(decideRetry({ kind, attempt: 12 }, BUDGET, 0.5)).toEqual({ action: 'dead' });
    },
  );

  test('outcome-unknown waits out the settle delay and counts', () => {
    expect(decideRetry({ kind: 'outcome-unknown', attempt: 1 }, BUDGET, 0.9)).toEqual({
      action: 'retry',
      delayMs: 20_000,
      counted: true,
    });
    expect(decideRetry({ kind: 'outcome-unknown', attempt: 12 }, BUDGET, 0.9)).toEqual({ action: 'dead' });
  });

  test('rate-limited waits at least what the provider says and never uses up attempts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 3_600_000 }),
        uniform,
        (attempt, retryAfterMs, random) => {
          const decision = decideRetry({ kind: 'rate-limited', attempt, retryAfterMs }, BUDGET, random);
          if (decision.action !== 'retry') throw new Error(`expected a retry, got ${decision.action}`);
          expect(decision.counted).toBe(false);
          expect(decision.delayMs).toBeGreaterThanOrEqual(retryAfterMs);
          expect(decision.delayMs).toBeLessThanOrEqual(retryAfterMs + 2_000);
        },
      ),
    );
  });

  test.each([
    [1_000, 60_000],
    [50, 3_000],
    [60_000, 60_000],
  ])('a rate limit without a time, backoff from %s ms: %s ms', (backoffBaseMs, delayMs) => {
    const budget = { ...BUDGET, backoffBaseMs };
    expect(decideRetry({ kind: 'rate-limited', attempt: 1 }, budget, 0)).toMatchObject({ delayMs });
  });

  test('unauthorised parks for its connection, however many attempts there were', () => {
    expect(decideRetry({ kind: 'unauthorised', attempt: 99, connectionId: 'c1' }, BUDGET, 0)).toEqual({
      action: 'park',
      waitingFor: 'connection:c1',
      delayMs: PARK_RECHECK_MS,
    });
  });

  test('not-ready is looked for again soon, the longer it has been waited the later, and uses up no attempt', () => {
    const notReady = { kind: 'not-ready', attempt: 99 } as const;
    expect(decideRetry(notReady, BUDGET, 0.5)).toEqual({ action: 'retry', delayMs: 750, counted: false });
    expect(decideRetry({ ...notReady, waitedMs: 800 }, BUDGET, 0.5)).toMatchObject({ delayMs: 6_000 });
    expect(decideRetry({ ...notReady, waitedMs: 7_000 }, BUDGET, 0.5)).toMatchObject({ delayMs: 13_000 });
    expect(decideRetry({ ...notReady, retryAfterMs: 4_000 }, BUDGET, 0.5)).toMatchObject({ delayMs: 4_000 });
    const quick = { ...BUDGET, backoffBaseMs: 50 };
    expect(decideRetry(notReady, quick, 0.5)).toMatchObject({ delayMs: 38 });
    expect(decideRetry({ ...notReady, waitedMs: 40 }, quick, 0.5)).toMatchObject({ delayMs: 300 });
    expect(decideRetry({ ...notReady, waitedMs: 4_000 }, quick, 0.5)).toMatchObject({ delayMs: 1_000 });
  });

  test('not-ready for longer parks for the provider, whatever the backoff is', () => {
    const parked = { action: 'park', waitingFor: 'provider', delayMs: 900_000 };
    expect(decideRetry({ kind: 'not-ready', attempt: 1, waitedMs: 20_000 }, BUDGET, 0)).toEqual(parked);
    const quick = { ...BUDGET, backoffBaseMs: 50 };
    expect(decideRetry({ kind: 'not-ready', attempt: 1, waitedMs: 5_000 }, quick, 0)).toEqual(parked);
    expect(decideRetry({ kind: 'not-ready', attempt: 1, retryAfterMs: 3_600_000 }, BUDGET, 0)).toEqual({
      ...parked,
      delayMs: 3_600_000,
    });
  });

  test('what never shows is parked after a handful of looks, within some seconds', () => {
    fc.assert(
      fc.property(budgets, fc.infiniteStream(uniform), (budget, chances) => {
        let waitedMs = 0;
        let looks = 0;
        for (const random of chances) {
          const decision = decideRetry({ kind: 'not-ready', attempt: 1, waitedMs }, budget, random);
          if (decision.action === 'park') break;
          if (decision.action !== 'retry') throw new Error(`expected a retry, got ${decision.action}`);
          expect(decision.counted).toBe(false);
          expect(decision.delayMs).toBeGreaterThan(0);
          waitedMs += decision.delayMs;
          looks += 1;
        }
        expect(looks).toBeLessThanOrEqual(8);
        expect(waitedMs).toBeLessThanOrEqual(20_000);
      }),
    );
  });

  test('rejected is dead at once', () => {
    expect(decideRetry({ kind: 'rejected', attempt: 1 }, BUDGET, 0)).toEqual({ action: 'dead' });
  });

  test('every counted retry ends: no kind is retried beyond its attempts', () => {
    const kinds = fc.constantFrom<FailureKind>(
      'transient',
      'conflict',
      'outcome-unknown',
      'rate-limited',
      'unauthorised',
      'not-ready',
      'rejected',
    );
    fc.assert(
      fc.property(
        kinds,
        budgets,
        uniform,
        fc.integer({ min: 0, max: 50 }),
        (kind, budget, random, beyond) => {
          const decision = decideRetry({ kind, attempt: budget.maxAttempts + beyond }, budget, random);
          expect(decision.action === 'retry' && decision.counted).toBe(false);
        },
      ),
    );
  });
});

test('waiting words carry what is waited for', () => {
  expect(waitingForConnection('c1')).toBe('connection:c1');
  expect(waitingForMandate('77')).toBe('mandate:77');
  expect(PARK_LIMIT_MS).toBe(30 * 86_400_000);
});
