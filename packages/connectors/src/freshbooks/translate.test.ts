import { describe, expect, it } from '@jest/globals';
import {
  wireClientSample,
  wireInvoiceSample,
  wireOverpaymentSample,
} from '@mlc/testkit/fakes/freshbooks-wire';
import { fc } from '@mlc/testkit/property';
import { resultOf, wireCallback, wireClient, wireInvoice, wireMoney, wirePayment } from './schema.ts';
import { toClient, toInvoice, toPayment } from './translate.ts';

const usd = (minor: bigint) => ({ minor, currency: 'USD' });
const invoice = (changes: object = {}) => toInvoice(wireInvoice.parse({ ...wireInvoiceSample, ...changes }));
const client = (changes: object = {}) => toClient(wireClient.parse({ ...wireClientSample, ...changes }));
const payment = (changes: object = {}) =>
  toPayment(wirePayment.parse({ ...wireOverpaymentSample, ...changes }));

function problem(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    const { issues } = error as { issues: { path: string[]; message: string }[] };
    return `${issues[0]?.path.join('.') ?? ''}: ${issues[0]?.message ?? ''}`;
  }
  return 'none';
}

describe('invoices', () => {
  it('reads the recorded one', () => {
    expect(invoice()).toEqual({
      id: '45232',
      number: '0000020',
      clientId: '31006',
      clientName: 'first company',
      amount: usd(18_000n),
      outstanding: usd(18_000n),
      createdDate: '2019-04-20',
      dueDate: '2019-04-20',
      standing: 'open',
      visibility: 'active',
      autoBill: false,
      gatewayOrderPending: false,
    });
  });

  it.each([
    ['a draft past its due date', { v3_status: 'draft', status: 1 }, 'draft'],
    ['just created', { v3_status: 'created', status: 1 }, 'draft'],
    ['created and sent', { v3_status: 'created', status: 2 }, 'open'],
    ['an old answer without v3_status: draft', { v3_status: null, status: 1 }, 'draft'],
    ['an old answer without v3_status: sent', { v3_status: null, status: 2 }, 'open'],
    ['sent while the number still says draft', { v3_status: 'sent', status: 1 }, 'open'],
    ['disputed by v3_status', { v3_status: 'disputed', status: 0 }, 'disputed'],
    ['disputed by status', { v3_status: 'overdue', status: 0 }, 'disputed'],
    [
      'disputed by dispute_status',
      { v3_status: 'overdue', status: 2, dispute_status: 'disputed' },
      'disputed',
    ],
    ['dispute resolved', { v3_status: 'resolved', status: 0 }, 'open'],
    ['partly paid: date_paid is set, status is still 2', partly('partial'), 'open'],
    ['partly paid and overdue', partly('overdue'), 'open'],
    [
      'paid',
      { v3_status: 'paid', payment_status: 'paid', outstanding: { amount: '0.00', code: 'USD' } },
      'paid',
    ],
    ['nothing outstanding, whatever the words', { outstanding: { amount: '0.00', code: 'USD' } }, 'paid'],
    ['said to be paid, whatever the amounts', { payment_status: 'auto-paid' }, 'paid'],
    ['date_paid alone means nothing', { date_paid: '2019-04-30' }, 'open'],
    ['a status nobody has seen yet', { v3_status: 'something-new' }, 'open'],
  ])('%s', (_name, changes, standing) => expect(invoice(changes).standing).toBe(standing));

  it.each([
    [0, 'active'],
    [1, 'deleted'],
    [2, 'archived'],
  ])('vis_state %s', (vis_state, visibility) => expect(invoice({ vis_state }).visibility).toBe(visibility));

  it('sees what FreshBooks charges itself', () => {
    expect(invoice({ auto_bill: true }).autoBill).toBe(true);
    expect(invoice({ autobill_status: 'retry' }).autoBill).toBe(true);
    expect(invoice({ last_order_status: 'pending' }).gatewayOrderPending).toBe(true);
    expect(invoice({ last_order_status: 'declined' }).gatewayOrderPending).toBe(false);
  });

  it('tolerates what old answers lack', () => {
    const old: Record<string, unknown> = { ...wireInvoiceSample };
    for (const name of [
      'auto_bill',
      'last_order_status',
      'dispute_status',
      'payment_status',
      'due_date',
      'v3_status',
    ]) {
      Reflect.deleteProperty(old, name);
    }
    expect(toInvoice(wireInvoice.parse(old))).toMatchObject({ standing: 'open', dueDate: null });
  });

  it.each(['id', 'customerid', 'amount', 'outstanding', 'create_date', 'vis_state'])('needs %s', (name) => {
    expect(problem(() => invoice({ [name]: undefined }))).toMatch(new RegExp(`^${name}`));
  });

  it.each([
    [{ outstanding: { amount: '10.001', code: 'USD' } }, 'outstanding.amount: "10.001" is no amount in USD'],
    [{ outstanding: { amount: '10.00', code: 'EUR' } }, 'outstanding.code: expected USD'],
    [{ amount: { amount: '1e3', code: 'USD' } }, 'amount.amount: "1e3" is no amount in USD'],
    [{ status: null, v3_status: null }, 'v3_status: missing, and so is status'],
    [{ vis_state: 7 }, 'vis_state: expected 0, 1 or 2'],
    [{ create_date: 'yesterday' }, 'create_date: expected YYYY-MM-DD'],
    [{ id: 'INV-1' }, 'id: expected a numeric id'],
  ])('names what it cannot read in %j', (changes, expected) => {
    expect(problem(() => invoice(changes))).toBe(expected);
  });
});

function partly(v3_status: string): object {
  return {
    v3_status,
    status: 2,
    payment_status: 'partial',
    date_paid: '2019-04-30',
    outstanding: { amount: '80.00', code: 'USD' },
  };
}

describe('money', () => {
  it.each([
    [{ amount: '19.99', code: 'GBP' }, 1999n],
    [{ amount: '100.00', code: 'JPY' }, 100n],
    [{ amount: '41.94000000000000000000000000', code: 'CAD' }, 4194n],
    [{ amount: '-10.000', code: 'USD' }, -1000n],
    [{ amount: 19.99, code: 'USD' }, 1999n],
    [{ amount: '1.234', code: 'KWD' }, 1234n],
  ])('%j', (wire, minor) => expect(wireMoney.parse(wire).minor).toBe(minor));

  it('is exact for every amount', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 14n), fc.nat(24), (minor, zeros) => {
        const digits = minor.toString().padStart(3, '0');
        const amount = `${digits.slice(0, -2)}.${digits.slice(-2)}${'0'.repeat(zeros)}`;
        return wireMoney.parse({ amount, code: 'GBP' }).minor === minor;
      }),
    );
  });
});

describe('clients', () => {
  it('reads the recorded one', () => {
    expect(client()).toEqual({
      id: '12345',
      email: 'Gordon.Shumway@example.test',
      name: 'American Cyanamid',
      firstName: 'Gordon',
      lastName: 'Shumway',
      organization: 'American Cyanamid',
      visibility: 'active',
    });
  });

  it.each([
    [{ organization: '' }, 'Gordon Shumway'],
    [{ organization: ' ', fname: '' }, 'Shumway'],
    [{ organization: null, fname: null, lname: '' }, 'Gordon.Shumway@example.test'],
    [{ organization: null, fname: null, lname: '', email: '' }, 'client 12345'],
  ])('has a name whatever is missing: %j', (changes, name) => expect(client(changes).name).toBe(name));
});

describe('payments', () => {
  it('reads the recorded overpayment as FreshBooks kept it', () => {
    expect(payment()).toEqual({
      id: '10318',
      invoiceId: '34420',
      clientId: '31006',
      amount: usd(18_000n),
      date: '2019-04-19',
      type: 'Check',
      note: 'Paid in full',
      gateway: null,
      orderId: null,
      transactionId: null,
      deleted: false,
      overpaymentId: '10320',
    });
  });

  it('reads zero, gateways, orders and deletion', () => {
    const changes = {
      amount: { amount: '0.00', code: 'USD' },
      gateway: 'paypal',
      orderid: 77,
      transactionid: 'PM1',
      vis_state: 1,
      note: null,
    };
    expect(payment(changes)).toMatchObject({
      amount: usd(0n),
      gateway: 'paypal',
      orderId: '77',
      transactionId: 'PM1',
      deleted: true,
      note: '',
    });
  });

  it('may stand on no invoice', () => expect(payment({ invoiceid: null }).invoiceId).toBe(''));
});

describe('envelopes', () => {
  it('take both spellings of a callback id', () => {
    const rest = {
      event: 'invoice.create',
      uri: 'https://x.test',
      verified: false,
      updated_at: '2017-08-23T11:45:09Z',
    };
    expect(wireCallback.parse({ ...rest, callbackid: 7 }).id).toBe('7');
    expect(wireCallback.parse({ ...rest, id: 8 }).id).toBe('8');
    expect(problem(() => wireCallback.parse(rest))).toBe('callbackid: missing, and so is id');
  });

  it('name the path of what is missing', () => {
    const answer = resultOf('invoice', wireInvoice);
    expect(problem(() => answer.parse({ response: {} }))).toMatch(/^response\.result: /);
    expect(problem(() => answer.parse({ response: { result: {} } }))).toMatch(/^response\.result\.invoice: /);
  });
});
