import {
  ConnectorError,
  decimalFromMoney,
  type BookPayment,
  type Books,
  type NewBookPayment,
} from '@mlc/core';
import { z } from 'zod';
import { findOne, isObjectId, requireObjectId, type Resource } from './account.ts';
import { allRows, everyRow } from './paging.ts';
import { resultOf, wirePayment } from './schema.ts';
import { toPayment } from './translate.ts';

type PaymentCalls = Pick<
  Books,
  | 'getPayment'
  | 'listPayments'
  | 'listClientPayments'
  | 'listPaymentsSince'
  | 'createPayment'
  | 'deletePayment'
>;

const row = wirePayment.transform(toPayment);
const rowOfClient = wirePayment.transform((wire) => ({ clientId: wire.clientid, payment: toPayment(wire) }));
const one = resultOf('payment', row);
const deleted = resultOf('payment', z.object({ vis_state: z.literal(1) }));

async function list({ client, path }: Resource, invoiceId: string): Promise<readonly BookPayment[]> {
  if (!isObjectId(invoiceId)) return [];
  return allRows(client, {
    operation: 'listPayments',
    path,
    name: 'payments',
    search: { invoiceid: invoiceId },
    row,
    idOf: (payment) => payment.id,
    keep: (payment) => payment.invoiceId === invoiceId && !payment.deleted,
  });
}

/** What a client paid since a day; the filters are checked again, FreshBooks ignores those it does not know. */
async function listOfClient(
  { client, path }: Resource,
  clientId: string,
  since: string,
): Promise<readonly BookPayment[]> {
  if (!isObjectId(clientId)) return [];
  const rows = await allRows(client, {
    operation: 'listClientPayments',
    path,
    name: 'payments',
    search: { clientid: clientId, date_min: since },
    row: rowOfClient,
    idOf: ({ payment }) => payment.id,
    keep: ({ clientId: of, payment }) => of === clientId && payment.date >= since && !payment.deleted,
  });
  return rows.map(({ payment }) => payment);
}

const SINCE_MAX = 1_000;

async function listSince({ client, path }: Resource, since: string): Promise<readonly BookPayment[]> {
  const rows = everyRow(client, {
    operation: 'listPaymentsSince',
    path,
    name: 'payments',
    search: { date_min: since },
    row,
    idOf: ({ id }) => id,
    keep: () => true,
  });
  const found: BookPayment[] = [];
  let read = 0;
  for await (const payment of rows) {
    if (payment.date >= since && !payment.deleted) found.push(payment);
    read += 1;
    if (read === SINCE_MAX) break;
  }
  return found;
}

/**
 * One POST, never repeated: FreshBooks has no idempotency key. An amount above what is outstanding is accepted and split,
 * so the answer's `amount` and `overpaymentId` have to be looked at (freshbooks.md 3.3). The client is not notified.
 */
async function create({ client, path }: Resource, payment: NewBookPayment): Promise<BookPayment> {
  requireObjectId('createPayment', 'invoiceId', payment.invoiceId);
  return client.send({
    operation: 'createPayment',
    method: 'POST',
    path,
    body: {
      payment: {
        invoiceid: Number(payment.invoiceId),
        amount: { amount: decimalFromMoney(payment.amount, 2), code: payment.amount.currency },
        date: payment.date,
        type: payment.type,
        note: payment.note,
      },
    },
    answer: one,
  });
}

/**
 * `vis_state` 1, alone: beside other members it would silently win over them (freshbooks.md 2.3). A payment that is
 * gone is fine, and when the call is refused the payment is looked at, because it may be deleted already.
 */
async function remove(payments: Resource, id: string): Promise<void> {
  requireObjectId('deletePayment', 'bookPaymentId', id);
  try {
    await payments.client.find({
      operation: 'deletePayment',
      method: 'PUT',
      path: `${payments.path}/${id}`,
      body: { payment: { vis_state: 1 } },
      answer: deleted,
    });
  } catch (failure) {
    if (!(failure instanceof ConnectorError) || failure.kind !== 'rejected') throw failure;
    const now = await findOne(payments, 'getPayment', id, one);
    if (now !== null && !now.deleted) throw failure;
  }
}

/** The payments of an account (freshbooks.md 3.3). */
export function paymentCalls(payments: Resource): PaymentCalls {
  return {
    getPayment: (id) => findOne(payments, 'getPayment', id, one),
    listPayments: (invoiceId) => list(payments, invoiceId),
    listClientPayments: (clientId, since) => listOfClient(payments, clientId, since),
    listPaymentsSince: (since) => listSince(payments, since),
    createPayment: (payment) => create(payments, payment),
    deletePayment: (id) => remove(payments, id),
  };
}
