import { describe, expect, test } from '@jest/globals';
import type { Repositories } from '../ports/store.ts';
import { applyEffects } from './apply-effects.ts';
import { type Effect, opens, reruns, rerunsInvoices, settles, STAGES, step, wakes } from './effect.ts';

const PAYMENT = { provider: 'paypal', type: 'capture', id: 'CAP1' };
const REVIEW = { kind: 'overpayment', subject: PAYMENT, amount: null, reasons: ['twice'] } as const;

/** A transaction that notes what is asked of it. */
function noting(): { readonly tx: Repositories; readonly said: string[] } {
  const said: string[] = [];
  const note = (repository: string) =>
    new Proxy(
      {},
      {
        get: (_target, method) => (argument: unknown) => {
          said.push(`${repository}.${String(method)} ${JSON.stringify(argument)}`);
          return Promise.resolve();
        },
      },
    );
  return { tx: { reviews: note('reviews'), events: note('events') } as unknown as Repositories, said };
}

const asks = opens({ ...REVIEW, candidates: [], eventId: '1' });

function noted(said: string[], stage: 'postings' | 'ledger' | 'rows' | 'looks' | 'covers'): Effect {
  return step(stage, () => {
    said.push(stage);
    return Promise.resolve();
  });
}

describe('the effects of a run', () => {
  test.each(['as listed', 'the other way round'])(
    'are applied in the order of their stages: %s',
    async (how) => {
      const { tx, said } = noting();
      const effects = [
        reruns(['2']),
        noted(said, 'covers'),
        asks,
        settles(['overpayment'], PAYMENT, 'booked'),
        noted(said, 'looks'),
        noted(said, 'rows'),
        noted(said, 'ledger'),
        noted(said, 'postings'),
      ];
      await applyEffects(tx, how === 'as listed' ? effects : effects.toReversed());
      expect(said.map((one) => one.split(' ')[0])).toEqual([
        'postings',
        'ledger',
        'rows',
        'looks',
        'reviews.settle',
        'reviews.open',
        'covers',
        'events.rerun',
      ]);
      expect(said).toHaveLength(STAGES.length);
    },
  );

  test('may be found out while others are applied, for a later stage only', async () => {
    const { tx, said } = noting();
    await applyEffects(tx, [step('looks', () => Promise.resolve([asks, rerunsInvoices(['7'])]))]);
    expect(said.map((one) => one.split(' ')[0])).toEqual(['reviews.open', 'events.rerunInvoices']);
    const backwards = step('looks', () => Promise.resolve([step('rows', () => Promise.resolve())]));
    await expect(applyEffects(tx, [backwards])).rejects.toThrow('a step of looks found an effect of rows');
  });

  test('run each event again once, and ask nothing of the store for what is empty', async () => {
    const { tx, said } = noting();
    await applyEffects(tx, [
      reruns(['3', '2']),
      reruns(['2']),
      rerunsInvoices(['7']),
      rerunsInvoices(['7']),
      wakes(['a']),
    ]);
    expect(said).toEqual(['events.wake "a"', 'events.rerun ["2","3"]', 'events.rerunInvoices ["7"]']);
    await applyEffects(tx, [reruns([]), rerunsInvoices([]), wakes([])]);
    expect(said).toHaveLength(3);
  });

  test('are applied once, however often one is in the list', async () => {
    const { tx, said } = noting();
    const once = noted(said, 'rows');
    await applyEffects(tx, [once, once]);
    expect(said).toEqual(['rows']);
  });
});
