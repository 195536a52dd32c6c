import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DebitStatus } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { hasMovedOn, mayBeBehind } from './behind.ts';

describe('whether a status is from before what was told', () => {
  test.each<[string, DebitStatus, boolean]>([
    ['confirmed', 'submitted', true],
    ['confirmed', 'pending_submission', true],
    ['confirmed', 'confirmed', false],
    ['confirmed', 'paid_out', false],
    ['confirmed', 'failed', false],
    ['paid_out', 'confirmed', true],
    ['paid_out', 'charged_back', false],
    ['failed', 'confirmed', true],
    ['failed', 'paid_out', true],
    ['failed', 'submitted', true],
    ['failed', 'failed', false],
    ['charged_back', 'paid_out', true],
    ['chargeback_cancelled', 'charged_back', true],
    ['chargeback_cancelled', 'paid_out', false],
    ['cancelled', 'pending_submission', true],
    ['customer_approval_denied', 'pending_customer_approval', true],
    ['resubmission_requested', 'failed', true],
    ['created', 'pending_submission', false],
    ['late_failure_settled', 'paid_out', false],
    ['constructor', 'submitted', false],
  ])('told %s, shown %s: %s', (action, status, isBehind) => {
    expect(mayBeBehind(status, action)).toBe(isBehind);
  });

  test.each<[string, string[], boolean]>([
    ['nothing since', ['created', 'submitted', 'confirmed'], false],
    ['failed since', ['submitted', 'confirmed', 'failed'], true],
    ['only money of the payout since', ['submitted', 'confirmed', 'chargeback_settled'], false],
    ['confirmed a second time', ['confirmed', 'failed', 'resubmission_requested', 'confirmed'], false],
    ['the list does not have it yet', ['created', 'submitted'], false],
  ])('it has moved on since: %s', (_case, actions, moved) => {
    expect(
      hasMovedOn(
        actions.map((action) => ({ action })),
        'confirmed',
      ),
    ).toBe(moved);
  });
});

describe('a debit that GoCardless tells of', () => {
  let world: FlowWorld;
  const tell = (action: string) => world.see({ kind: 'debit-changed', debitId: 'PM1', action });
  const paid = () => world.books.paymentsOf('1').filter(({ deleted }) => !deleted).length;
  const shownFirst = async (status: DebitStatus | null, times: number) => {
    const debit = await world.debits.getDebit('PM1');
    const older = status === null || debit === null ? null : { ...debit, status };
    world.debits.faults.answer('getDebit', older, times);
  };

  beforeEach(async () => {
    world = new FlowWorld(FLOWS);
    world.books.addClient('7', 'payer@client.test');
    world.books.addInvoice('1', '7');
    world.debits.addCustomer('CU7', 'payer@client.test');
    world.debits.addMandate('MD7', 'CU7');
    await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  });

  test.each<DebitStatus | 'none'>(['none', 'submitted', 'pending_submission'])(
    'as confirmed, and shown first as %s: booked once',
    async (status) => {
      world.debits.move('PM1', 'confirmed');
      await shownFirst(status === 'none' ? null : status, 2);
      await tell('confirmed');
      expect(paid()).toBe(1);
    },
  );

  test('as failed, and shown first as still confirmed: taken back', async () => {
    world.debits.move('PM1', 'confirmed');
    await tell('confirmed');
    world.debits.move('PM1', 'failed');
    await shownFirst('confirmed', 1);
    await tell('failed');
    expect(paid()).toBe(0);
  });

  test('late, when it was tried again since: what GoCardless shows is the newer', async () => {
    world.debits.move('PM1', 'pending_submission');
    const at = '2026-11-20T09:00:00.000Z';
    for (const action of ['submitted', 'failed', 'resubmission_requested'])
      world.debits.steps.push({ debitId: 'PM1', action, at });
    expect(await tell('failed')).toMatchObject({ state: 'done' });
  });

  test('made elsewhere and not shown: waited for, never taken for nothing', async () => {
    const event = { kind: 'debit-changed', debitId: 'PM9', action: 'confirmed' } as const;
    expect(await world.see(event)).toMatchObject({ state: 'parked', waitingFor: 'provider' });
    world.debits.addDebit('PM9', 'MD7', { status: 'confirmed', amount: { minor: 77n, currency: 'GBP' } });
    await world.pass(60_000);
    expect(world.store.reviewRows().map(({ kind }) => kind)).toEqual(['unmatched_payment']);
  });
});
