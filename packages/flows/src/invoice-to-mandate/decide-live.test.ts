import { describe, expect, test } from '@jest/globals';
import type { Debit, DebitNaming, Invoice } from '@mlc/core';
import { fc } from '@mlc/testkit/property';
import { decideLive, type LooseDebit, type LooseMeaning, meaningOf, type Standing } from './decide-live.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoice = { id: '1', number: 'INV-1', outstanding: gbp(10_000n) } as Invoice;

function loose(naming: DebitNaming, standing: Standing, facts: Partial<Debit> = {}): LooseDebit {
  const debit = {
    id: 'PM9',
    amount: gbp(10_000n),
    subscriptionId: null,
    instalmentScheduleId: null,
    ...facts,
  };
  return { debit: debit as Debit, naming, standing };
}

const other = { amount: gbp(9_000n) };
const euro = { amount: { minor: 10_000n, currency: 'EUR' } };
const ofPlan = { subscriptionId: 'SB1' };

describe('what one debit on the client’s mandate means', () => {
  test.each<[DebitNaming, Standing, Partial<Debit>, LooseMeaning]>([
    ['ours', 'running', {}, 'adopt'],
    ['ours', 'running', other, 'adopt'],
    ['ours', 'ended', {}, 'adopt'],
    ['ours', 'collected-long-ago', {}, 'adopt'],
    ['this', 'running', {}, 'link'],
    ['this', 'collected', {}, 'link'],
    ['this', 'collected-long-ago', {}, 'link'],
    ['this', 'running', ofPlan, 'link'],
    ['this', 'running', other, 'risk'],
    ['this', 'running', euro, 'risk'],
    ['this', 'collected', other, 'risk'],
    ['this', 'ended', {}, 'none'],
    ['perhaps', 'running', {}, 'risk'],
    ['perhaps', 'running', other, 'risk'],
    ['perhaps', 'ended', {}, 'none'],
    ['another', 'running', {}, 'none'],
    ['another', 'collected', {}, 'none'],
    ['nothing', 'running', {}, 'risk'],
    ['nothing', 'collected', {}, 'risk'],
    ['nothing', 'collected-long-ago', {}, 'none'],
    ['nothing', 'ended', {}, 'none'],
    ['nothing', 'running', other, 'none'],
    ['nothing', 'running', euro, 'none'],
    ['nothing', 'running', ofPlan, 'none'],
    ['nothing', 'running', { instalmentScheduleId: 'IS1' }, 'none'],
  ])('names %s, %s, %j: %s', (naming, standing, facts, meaning) => {
    expect(meaningOf(loose(naming, standing, facts), invoice)).toBe(meaning);
  });
});

describe('all of them together', () => {
  test('ours come before everything else', () => {
    const all = [loose('this', 'running', { id: 'PM8' }), loose('ours', 'running')];
    expect(decideLive(all, invoice)).toMatchObject({ kind: 'adopt', debits: [{ id: 'PM9' }] });
  });

  test('one that collects this invoice is enough beside one that does not say what it is for', () => {
    const all = [loose('nothing', 'running', { id: 'PM8' }), loose('this', 'running')];
    expect(decideLive(all, invoice)).toMatchObject({ kind: 'link', debit: { id: 'PM9' } });
  });

  test.each([
    ['two of the full amount', [loose('this', 'running', { id: 'PM8' }), loose('this', 'running')]],
    [
      'a part beside the whole',
      [loose('this', 'running', { id: 'PM8', ...other }), loose('this', 'running')],
    ],
  ])('%s that name it are a question about both', (_name, all) => {
    const decision = decideLive(all, invoice);
    expect(decision.kind === 'risk' ? decision.debits.map(({ debit }) => debit.id).sort() : []).toEqual([
      'PM8',
      'PM9',
    ]);
  });

  test('one that ended beside it changes nothing', () => {
    const all = [loose('this', 'ended', { id: 'PM8' }), loose('this', 'running')];
    expect(decideLive(all, invoice)).toMatchObject({ kind: 'link', debit: { id: 'PM9' } });
  });

  test('the decision does not depend on the order, and none is made only where every debit means none', () => {
    const namings = fc.constantFrom<DebitNaming>('ours', 'this', 'perhaps', 'another', 'nothing');
    const standings = fc.constantFrom<Standing>('running', 'collected', 'collected-long-ago', 'ended');
    const minor = fc.constantFrom(10_000n, 9_000n);
    const debits = fc.array(fc.tuple(namings, standings, minor), { maxLength: 5 });
    fc.assert(
      fc.property(debits, (given) => {
        const all = given.map(([naming, standing, amount], index) =>
          loose(naming, standing, { id: `PM${index}`, amount: gbp(amount) }),
        );
        const decision = decideLive(all, invoice);
        expect(decideLive(all.toReversed(), invoice).kind).toBe(decision.kind);
        expect(decision.kind === 'none').toBe(all.every((one) => meaningOf(one, invoice) === 'none'));
      }),
    );
  });
});
