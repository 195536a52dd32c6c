import { expect, test } from '@jest/globals';
import type { Debit } from '../ports/debits.ts';
import { type DebitNaming, namingOfDebit, textsOf } from './debit-naming.ts';

type Said = Pick<Debit, 'reference' | 'description' | 'metadata'>;

const invoice = { id: '501', number: '0000002' };
const ours = { freshbooks_account_id: 'ACC1', freshbooks_invoice_id: '501', mlc_collection: 'k1' };

function saying(changes: Partial<Said>): Said {
  return { reference: null, description: null, metadata: {}, ...changes };
}

test.each<[string, Partial<Said>, DebitNaming]>([
  ['made here', { metadata: ours }, 'ours'],
  [
    'made for the same invoice id of other books',
    { metadata: { ...ours, freshbooks_account_id: 'ACC2' } },
    'another',
  ],
  ['of other books', { description: '0000002', metadata: { freshbooks_account_id: 'ACC2' } }, 'another'],
  ['made here for another invoice', { metadata: { ...ours, freshbooks_invoice_id: '502' } }, 'another'],
  [
    'another tool, by our id',
    { metadata: { freshbooks_account_id: 'ACC1', freshbooks_invoice_id: '501' } },
    'this',
  ],
  ['another tool that leaves the account out', { metadata: { freshbooks_invoice_id: '501' } }, 'this'],
  ['another tool, by the number', { metadata: { invoice_number: '0000002' } }, 'this'],
  ['description', { description: 'Invoice 0000002' }, 'this'],
  ['reference', { reference: '0000002' }, 'this'],
  ['the id as a reference', { reference: '501' }, 'this'],
  ['the id in a sentence', { description: 'Ref 501' }, 'nothing'],
  ['a part of another number', { description: '0000002-0000003' }, 'perhaps'],
  ['another number', { description: 'Invoice 10000002' }, 'nothing'],
  ['nothing', {}, 'nothing'],
  [
    'metadata speaks first',
    { description: '0000002', metadata: { freshbooks_invoice_id: '502' } },
    'another',
  ],
])('%s', (_name, said, naming) => {
  expect(namingOfDebit(saying(said), invoice, 'ACC1')).toBe(naming);
});

test('the texts of a debit are those that somebody wrote', () => {
  const debit = saying({
    reference: ' ',
    description: 'Retainer',
    metadata: { invoice: '7', note: 'x', reference: '' },
  });
  expect(textsOf(debit)).toEqual(['Retainer', '7']);
});
