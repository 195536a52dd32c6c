import { expect, test } from '@jest/globals';
import { chooseFeeCategory, chooseStaff } from './choose-fee-accounts.ts';

const category = (id: number, name: string) => ({ id, name });
const member = (id: number, isOwner = false) => ({ id, name: `Staff ${id}`, isOwner });

test('the only category that is called like fees, whatever its case', () => {
  const fees = category(2, ' bank FEES ');
  expect(chooseFeeCategory([category(1, 'Travel'), fees])).toEqual({ kind: 'one', chosen: fees });
});

test('two such categories, or none, are left to a person', () => {
  const both = [category(1, 'Bank Fees'), category(2, 'Merchant Account Fees')];
  expect(chooseFeeCategory(both)).toEqual({ kind: 'unclear', fitting: both });
  expect(chooseFeeCategory([category(1, 'Travel')])).toEqual({ kind: 'unclear', fitting: [] });
});

test('the owner, else whoever is alone', () => {
  expect(chooseStaff([member(7), member(1, true)])).toMatchObject({ chosen: { id: 1 } });
  expect(chooseStaff([member(7)])).toMatchObject({ chosen: { id: 7 } });
  expect(chooseStaff([member(7), member(8)])).toMatchObject({ kind: 'unclear' });
  expect(chooseStaff([])).toMatchObject({ kind: 'unclear' });
});
