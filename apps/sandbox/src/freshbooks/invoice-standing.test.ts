import { describe, expect, it } from '@jest/globals';
import { standingOf } from './invoice-standing.ts';
import type { StandingFacts } from './invoice-standing.ts';

const SENT: StandingFacts = {
  base: 2,
  amount: 18_000n,
  paid: 0n,
  dueDate: '2026-03-31',
  today: '2026-03-31',
  autobillStatus: null,
  lastOrderStatus: null,
  deposit: null,
  autoPaid: false,
};
const LATE = { today: '2026-04-01' };

describe('invoice standing', () => {
  it.each<[string, Partial<StandingFacts>, [number, string, string]]>([
    ['sent, due today', {}, [2, 'sent', 'unpaid']],
    ['sent, past due', LATE, [2, 'overdue', 'unpaid']],
    ['viewed', { base: 3 }, [3, 'viewed', 'unpaid']],
    ['draft, past due, stays a draft', { base: 1, ...LATE }, [1, 'draft', 'unpaid']],
    ['disputed', { base: 0, ...LATE }, [0, 'disputed', 'unpaid']],
    ['partly paid: the number stays 2', { paid: 1n }, [2, 'partial', 'partial']],
    ['partly paid and past due', { paid: 1n, ...LATE }, [2, 'overdue', 'partial']],
    ['paid', { paid: 18_000n, ...LATE }, [4, 'paid', 'paid']],
    ['paid by FreshBooks itself', { paid: 18_000n, autoPaid: true }, [5, 'autopaid', 'auto-paid']],
    ['an order under way', { lastOrderStatus: 'pending', ...LATE }, [2, 'pending', 'unpaid']],
    ['a declined order', { lastOrderStatus: 'declined' }, [2, 'declined', 'unpaid']],
    ['auto-bill tries again', { autobillStatus: 'retry' }, [2, 'retry', 'unpaid']],
    ['auto-bill gave up', { autobillStatus: 'failed' }, [2, 'failed', 'unpaid']],
    ['part of the deposit', { deposit: 500n, paid: 100n }, [2, 'deposit-partial', 'partial']],
    ['the whole deposit', { deposit: 500n, paid: 500n }, [2, 'deposit-paid', 'partial']],
    ['nothing to pay', { amount: 0n }, [4, 'paid', 'paid']],
    ['a draft over nothing', { base: 1, amount: 0n }, [1, 'draft', 'unpaid']],
  ])('%s', (_name, facts, [status, v3_status, payment_status]) => {
    expect(standingOf({ ...SENT, ...facts })).toMatchObject({ status, v3_status, payment_status });
  });

  it.each<[bigint, string]>([
    [0n, 'unpaid'],
    [499n, 'partial'],
    [500n, 'paid'],
  ])('a deposit of 5.00 with %p cents paid', (paid, deposit_status) => {
    expect(standingOf({ ...SENT, deposit: 500n, paid }).deposit_status).toBe(deposit_status);
  });
});
