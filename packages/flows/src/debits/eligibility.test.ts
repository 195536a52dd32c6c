import { expect, test } from '@jest/globals';
import type { Invoice, Policy } from '@mlc/core';
import { decideEligibility } from './eligibility.ts';

const policy = { collectFrom: '2026-11-01' } as Policy;
const invoice: Invoice = {
  id: '1',
  number: 'INV-1',
  clientId: '7',
  amount: { minor: 10_000n, currency: 'GBP' },
  outstanding: { minor: 10_000n, currency: 'GBP' },
  createdDate: '2026-11-01',
  dueDate: '2026-11-20',
  standing: 'open',
  visibility: 'active',
  autoBill: false,
  gatewayOrderPending: false,
};

test('an open invoice since go-live is collected', () => {
  expect(decideEligibility({ invoice, policy, optOut: null })).toEqual({ kind: 'collect' });
});

const nothing = { outstanding: { minor: 0n, currency: 'GBP' } };
const credit = { outstanding: { minor: -500n, currency: 'GBP' } };

test.each<[string, Partial<Invoice>, RegExp, string]>([
  ['draft', { standing: 'draft' }, /draft/, 'amount_mismatch'],
  ['deleted', { visibility: 'deleted' }, /deleted/, 'invoice_missing'],
  ['archived', { visibility: 'archived' }, /archived/, 'invoice_missing'],
  ['disputed', { standing: 'disputed' }, /disputed/, 'dispute'],
  ['paid', nothing, /nothing is outstanding/, 'double_payment_risk'],
  ['overpaid', credit, /nothing is outstanding/, 'double_payment_risk'],
  ['auto_bill', { autoBill: true }, /auto_bill/, 'double_payment_risk'],
  ['gateway order', { gatewayOrderPending: true }, /gateway/, 'double_payment_risk'],
  ['before go-live', { createdDate: '2026-10-31' }, /before collectFrom 2026-11-01/, 'amount_mismatch'],
])('%s: left alone, with the reason', (_name, change, reason, tooLate) => {
  const decision = decideEligibility({ invoice: { ...invoice, ...change }, policy, optOut: null });
  expect(decision).toMatchObject({ kind: 'leave', reason: expect.stringMatching(reason), tooLate });
});

test.each<[string, Partial<Invoice>, string | null]>([
  ['draft', { standing: 'draft' }, null],
  ['archived', { visibility: 'archived' }, null],
  ['before go-live', { createdDate: '2026-10-31' }, null],
  ['disputed', { standing: 'disputed' }, 'dispute'],
  ['auto_bill', { autoBill: true }, 'double_payment_risk'],
  ['gateway order', { gatewayOrderPending: true }, 'double_payment_risk'],
])('%s: stands in the way only when nobody decided it so', (_name, change, obstacle) => {
  const decision = decideEligibility({ invoice: { ...invoice, ...change }, policy, optOut: null });
  expect(decision).toMatchObject({ kind: 'leave', obstacle });
});

test('an invoice FreshBooks does not know, and one that was opted out', () => {
  expect(decideEligibility({ invoice: null, policy, optOut: null })).toMatchObject({
    tooLate: 'invoice_missing',
  });
  expect(decideEligibility({ invoice, policy, optOut: 'client pays by cheque' })).toMatchObject({
    kind: 'leave',
    reason: 'opted out: client pays by cheque',
  });
});
