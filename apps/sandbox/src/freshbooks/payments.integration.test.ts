import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PATHS, startStand } from './test-stand.ts';
import type { Answer, Stand } from './test-stand.ts';

let stand: Stand;

const errno = (number: number): object => ({
  response: { errors: [expect.objectContaining({ errno: number })] },
});

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

describe('payments', () => {
  const pay = (invoiceid: number, fields: object = {}, headers = {}): Promise<Answer> => {
    const payment = {
      invoiceid,
      amount: { amount: '10.00' },
      date: '2026-03-15',
      type: 'Bank Transfer',
      ...fields,
    };
    return stand.call('POST', PATHS.payments, { payment }, headers);
  };
  const invoice = (): number => stand.desk.createInvoice({ clientId: stand.clientId, amount: '10.00' }).id;

  it('answer with all keys and the amount that was applied', async () => {
    const { body } = await pay(invoice(), { amount: { amount: '12.50', code: 'GBP' }, note: 'mlc:1' });
    const { payment } = (body as { response: { result: { payment: Record<string, unknown> } } }).response
      .result;
    const keys =
      'accounting_systemid amount bulk_paymentid clientid creditid date from_credit gateway id invoiceid logid note orderid overpaymentid send_client_notification transactionid type updated vis_state';
    expect(Object.keys(payment).sort()).toEqual(keys.split(' '));
    expect(payment).toMatchObject({
      id: 10_318,
      logid: 10_318,
      overpaymentid: 10_320,
      amount: { amount: '10.00' },
    });
    expect(stand.desk.credits()).toMatchObject([{ amount: '2.50', type: 'overpayment' }]);
  });

  it.each<[object, number]>([
    [{ type: 'GoCardless' }, 1004],
    [{ amount: { amount: '10.00', code: 'EUR' } }, 1004],
    [{ amount: { amount: '-1.00' } }, 1025],
    [{ amount: undefined }, 1001],
    [{ date: 'today' }, 1033],
    [{ invoiceid: 7 }, 1012],
  ])('refuse %j with errno %p', async (fields, number) => {
    expect(await pay(invoice(), fields)).toMatchObject({ status: 422, body: errno(number) });
    expect(stand.desk.payments()).toEqual([]);
  });

  it('ignore another currency when told to', async () => {
    stand.sandbox.freshbooks.switches.foreignCurrency = 'ignore';
    const answer = await pay(invoice(), { amount: { amount: '10.00', code: 'EUR' } });
    expect(answer).toMatchObject({
      status: 200,
      body: { response: { result: { payment: { amount: { code: 'GBP' } } } } },
    });
  });

  it('are posted although the answer never came', async () => {
    const id = invoice();
    stand.sandbox.freshbooks.faults.add({ kind: 'cut-after', method: 'POST', path: PATHS.payments });
    await expect(pay(id, { note: 'mlc:2' })).rejects.toThrow();
    stand.sandbox.freshbooks.faults.add({
      kind: 'status-after',
      status: 503,
      method: 'POST',
      path: PATHS.payments,
    });
    expect(await pay(id, { note: 'mlc:3' })).toMatchObject({ status: 503 });
    expect(stand.desk.paymentsOf(id).map(({ note, amount }) => [note, amount])).toEqual([
      ['mlc:2', '10.00'],
      ['mlc:3', '0.00'],
    ]);
  });

  it('are found by invoice and by note', async () => {
    const id = invoice();
    await pay(id, { note: 'GoCardless PM1 · mlc:key' });
    await pay(invoice());
    const { body } = await stand.call(
      'GET',
      `${PATHS.payments}?search[invoiceid]=${id}&search[notes]=MLC:KEY&include[]=invoice`,
    );
    expect(body).toMatchObject({
      response: { result: { total: 1, payments: [{ invoiceid: id, invoice: { id } }] } },
    });
  });

  it('show the gateway that took the money', async () => {
    const { id } = stand.desk.recordPayment({
      invoiceId: invoice(),
      amount: '10.00',
      gateway: 'paypal',
      orderId: 'O-1',
    });
    const { body } = await stand.call('GET', `${PATHS.payments}/${id}`);
    expect(body).toMatchObject({ response: { result: { payment: { gateway: 'paypal', orderid: 'O-1' } } } });
  });
});
