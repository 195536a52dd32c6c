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

describe('invoices', () => {
  const create = (fields: object = {}, headers = {}): Promise<Answer> => {
    const invoice = { customerid: stand.clientId, create_date: '2026-03-01', due_offset_days: 14, ...fields };
    return stand.call('POST', PATHS.invoices, { invoice }, headers);
  };

  it('come with every key, numbers as ids, New York time and money as text', async () => {
    const { id } = stand.desk.createInvoice({
      clientId: stand.clientId,
      amount: '180.00',
      createDate: '2026-03-01',
      dueInDays: 13,
    });
    const { body } = await stand.call('GET', `${PATHS.invoices}/${id}`);
    const { invoice } = (body as { response: { result: { invoice: Record<string, unknown> } } }).response
      .result;
    const keys =
      'accountid accounting_systemid address amount auto_bill autobill_status basecampid city code country create_date created_at currency_code current_organization customerid date_paid deposit_amount deposit_percentage deposit_status description discount_description discount_total discount_value display_status dispute_status due_date due_offset_days estimateid ext_archive fname fulfillment_date generation_date gmail id invoice_number invoiceid language last_order_status lname net_paid_amount notes organization outstanding ownerid paid parent payment_details payment_status po_number province return_uri sentid show_attachments status street street2 template terms updated uuid v3_status vat_name vat_number version vis_state';
    expect(Object.keys(invoice).sort()).toEqual(keys.split(' '));
    expect(invoice).toMatchObject({
      id,
      customerid: stand.clientId,
      created_at: expect.stringMatching(/^2026-03-15 08:00:\d\d$/) as unknown,
      due_date: '2026-03-14',
      v3_status: 'overdue',
      amount: { amount: '180.00', code: 'GBP' },
      date_paid: null,
    });
  });

  it('are drafts that count their numbers up, and lose the race for one when told to', async () => {
    expect(await create({ invoice_number: '0000041' })).toMatchObject({ status: 200 });
    const next = { response: { result: { invoice: { invoice_number: '0000042', v3_status: 'draft' } } } };
    expect(await create()).toMatchObject({ status: 200, body: next });
    expect(await create({ invoice_number: '0000042' })).toMatchObject({ status: 422, body: errno(1029) });
    stand.sandbox.freshbooks.switches.invoiceNumberCollisions = 1;
    expect(await create()).toMatchObject({ status: 409 });
    expect(await create()).toMatchObject({ status: 200 });
  });

  it.each<[object, number, number]>([
    [{ due_date: '2026-04-01' }, 403, 1038],
    [{ customerid: undefined }, 422, 1001],
    [{ customerid: 99 }, 422, 1012],
    [{ status: '2' }, 422, 1015],
    [{ status: 4 }, 422, 1004],
    [{ create_date: '2026-02-30' }, 422, 1033],
    [{ lines: [{ qty: 'many' }] }, 422, 1015],
  ])('refuse %j with %p and errno %p', async (fields, status, number) => {
    expect(await create(fields)).toMatchObject({ status, body: errno(number) });
  });

  it('cannot be made for a deleted client', async () => {
    stand.desk.editClient(stand.clientId, { vis_state: 1 });
    expect(await create()).toMatchObject({ status: 422, body: errno(1011) });
  });

  it('carry out only the first phase of a PUT', async () => {
    const { id } = stand.desk.createInvoice({ clientId: stand.clientId, amount: '5.00', sent: false });
    await stand.call('PUT', `${PATHS.invoices}/${id}`, {
      invoice: { action_mark_as_sent: true, notes: 'lost' },
    });
    await stand.call('PUT', `${PATHS.invoices}/${id}`, {
      invoice: { vis_state: 0, action_mark_as_sent: true, notes: 'lost' },
    });
    const { body } = await stand.call('GET', `${PATHS.invoices}/${id}`);
    const invoice = { v3_status: 'sent', notes: '', fulfillment_date: '2026-03-15' };
    expect(body).toMatchObject({ response: { result: { invoice } } });
  });

  it('become overdue with the clock', async () => {
    const { id } = stand.desk.createInvoice({ clientId: stand.clientId, amount: '5.00', dueInDays: 2 });
    stand.desk.recordPayment({ invoiceId: id, amount: '1.00' });
    expect(stand.desk.invoice(id).status).toBe('partial');
    await stand.sandbox.clock.advanceDays(3);
    expect(stand.desk.invoice(id)).toMatchObject({ status: 'overdue', paymentStatus: 'partial' });
  });

  it('filter by what works and ignore the rest', async () => {
    const paid = stand.desk.createInvoice({ clientId: stand.clientId, amount: '5.00', number: 'A-1' });
    stand.desk.recordPayment({ invoiceId: paid.id, amount: '5.00' });
    stand.desk.createInvoice({ clientId: stand.clientId, amount: '6.00', number: 'A-2' });
    stand.desk.deleteInvoice(stand.desk.createInvoice({ clientId: stand.clientId, amount: '7.00' }).id);
    const count = async (query: string): Promise<unknown> => {
      const { body } = await stand.call('GET', `${PATHS.invoices}?${query}`);
      return (body as { response: { result: { total: number } } }).response.result.total;
    };
    expect(await count('search[invoice_number]=A-1')).toBe(1);
    expect(await count('search[outstanding]=true')).toBe(1);
    expect(await count('search[v3_status]=paid')).toBe(1);
    expect(await count('search[vis_state]=1')).toBe(1);
    expect(await count('search[payment_status]=paid')).toBe(2);
    expect(await count('search[updated_min]=2026-03-16')).toBe(0);
  });
});
