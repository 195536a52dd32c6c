import {
  ConnectorError,
  decimalFromMoney,
  type BookPayment,
  type Books,
  type Money,
  type NewBookPayment,
  type PaymentList,
  sameMoney,
} from '@mlc/core';
import { z } from 'zod';
import { findOne, isObjectId, requireObjectId, type Resource } from './account.ts';
import { allRows, type Listing, someRows } from './paging.ts';
import { resultOf, wireId, wirePayment } from './schema.ts';
import { toPayment } from './translate.ts';

type PaymentCalls = Pick<
  Books,
  | 'getPayment'
  | 'listPayments'
  | 'listClientPayments'
  | 'listPaymentsSince'
  | 'listPaymentsNoted'
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

/** Of more payments than this only some are read for the sake of one. */
const READ_MAX = 1_000;

/** A row that cannot be read must not keep its neighbours from being looked at. */
const rowOrUnreadable = z.union([
  row,
  z.object({ id: wireId }).transform(({ id }) => ({ id, isUnreadable: true as const })),
]);

/** Payments of the whole account; the filters are checked again, and one that is not heeded makes the list longer only. */
async function listOfAccount(
  { client, path }: Resource,
  { operation, search, keep }: Pick<Listing<BookPayment>, 'operation' | 'search' | 'keep'>,
): Promise<PaymentList> {
  const listing = { operation, path, name: 'payments', search, row: rowOrUnreadable, keep: () => true };
  const idOf = ({ id }: { id: string }): string => id;
  const { rows, isCut } = await someRows(client, { ...listing, idOf }, READ_MAX);
  const readable = rows.flatMap((read) => ('isUnreadable' in read ? [] : [read]));
  const payments = readable.filter((payment) => !payment.deleted && keep(payment));
  return { payments, isComplete: !isCut && readable.length === rows.length };
}

function listSince(payments: Resource, since: string, amount?: Money): Promise<PaymentList> {
  const decimal = amount === undefined ? null : decimalFromMoney(amount, 2);
  return listOfAccount(payments, {
    operation: 'listPaymentsSince',
    search: { date_min: since, ...(decimal === null ? {} : { amount_min: decimal, amount_max: decimal }) },
    keep: (payment) => payment.date >= since && (amount === undefined || sameMoney(payment.amount, amount)),
  });
}

function listNoted(payments: Resource, text: string): Promise<PaymentList> {
  const wanted = text.toLowerCase();
  return listOfAccount(payments, {
    operation: 'listPaymentsNoted',
    search: { notes: text },
    keep: ({ note }) => note.toLowerCase().includes(wanted),
  });
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
    listPaymentsSince: (since, amount) => listSince(payments, since, amount),
    listPaymentsNoted: (text) => listNoted(payments, text),
    createPayment: (payment) => create(payments, payment),
    deletePayment: (id) => remove(payments, id),
  };
}
