import { describe, expect, test } from '@jest/globals';
import { CODE_GROUPS, treatmentOf } from './code-groups.ts';

const of = (eventCode: string, minor: bigint) =>
  treatmentOf({ eventCode, amount: { minor, currency: 'GBP' } });

describe('what is done about a row', () => {
  test.each([
    ['T0000', 'payment', 'ledger'],
    ['T0012', 'payment', 'ledger'],
    ['T0200', 'ledger', 'ledger'],
    ['T0403', 'ledger', 'to-bank'],
    ['T1105', 'ledger', 'ledger'],
    ['T1106', 'ledger', 'given-back'],
    ['T1107', 'ledger', 'given-back'],
    ['T1116', 'ledger', 'given-back'],
    ['T1110', 'ledger', 'ledger'],
    ['T1201', 'won-back', 'charged-back'],
    ['T1202', 'won-back', 'charged-back'],
    ['T1300', 'nothing', 'nothing'],
    ['T2101', 'ledger', 'ledger'],
    ['T7700', 'unknown', 'unknown'],
    ['toString', 'unknown', 'unknown'],
  ])('%s: received %s, sent %s', (eventCode, received, sent) => {
    expect([of(eventCode, 1n), of(eventCode, -1n)]).toEqual([received, sent]);
  });

  test('a code of its own stands under its group', () => {
    for (const name of Object.keys(CODE_GROUPS)) {
      expect(name).toMatch(/^T\d\d(\d\d)?$/);
      expect(Object.keys(CODE_GROUPS)).toContain(name.slice(0, 3));
    }
  });
});
