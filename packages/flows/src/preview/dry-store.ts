import type {
  ClientLink,
  ClientStore,
  Collection,
  CollectionStore,
  FlowContext,
  NewCollection,
  Store,
} from '@mlc/core';
import { dryMirror } from './dry-mirror.ts';
import { PreviewWriteError, readOnly } from './read-only.ts';

/** A store that is only read, and in memory what planning one invoice means for planning the next. */
export interface DryStore extends Store {
  /** As a run would: the client's other invoices find the customer at once. */
  rememberLink(clientId: string, customerId: string): void;
  /** As a run would: no other invoice may claim the same scheduled debit. */
  rememberCollection(collection: NewCollection): void;
}

/** What a preview works with. */
export type DryContext = FlowContext & { readonly store: DryStore };

/** Everything that would change the stored rows rejects with PreviewWriteError. */
export function dryStore(store: Store, onCustomers: (count: number) => void): DryStore {
  const links = new Map<string, ClientLink>();
  const linked: Collection[] = [];
  return {
    audit: readOnly(store.audit, 'audit', []),
    collections: collectionsOver(store.collections, linked),
    postings: readOnly(store.postings, 'postings', ['byKey', 'ofSource', 'ofInvoice']),
    reviews: readOnly(store.reviews, 'reviews', ['openOn', 'openOfKind', 'lastAnswer']),
    mirror: dryMirror(store.mirror, onCustomers),
    clients: clientsOver(store.clients, links),
    events: readOnly(store.events, 'events', ['get', 'awaited']),
    periods: readOnly(store.periods, 'periods', ['firstOpenDate']),
    ledger: readOnly(store.ledger, 'ledger', ['ofSource', 'ofPayments', 'ofInvoice', 'ofPayout']),
    payouts: readOnly(store.payouts, 'payouts', ['get', 'itemsOfPayment', 'oursAmong']),
    arrivals: readOnly(store.arrivals, 'arrivals', ['expectedOn']),
    transaction: () =>
      Promise.reject(new PreviewWriteError('a preview changes nothing, but a transaction was begun')),
    rememberLink: (clientId, customerId) =>
      void links.set(clientId, { customerId, why: 'this preview', linkedAt: new Date(0) }),
    rememberCollection: (collection) =>
      void linked.push({ ...collection, id: `preview-${linked.length + 1}` }),
  };
}

function collectionsOver(stored: CollectionStore, linked: readonly Collection[]): CollectionStore {
  const below = readOnly(stored, 'collections', [
    'ofInvoice',
    'byPayment',
    'ofSchedule',
    'liveOfClient',
    'countCalled',
    'liveOnMandate',
    'reservedOnMandate',
  ]);
  return {
    ofInvoice: async (invoiceId) => [
      ...(await below.ofInvoice(invoiceId)),
      ...linked.filter((collection) => collection.invoiceId === invoiceId),
    ],
    byPayment: async (paymentId) =>
      linked.find((collection) => collection.paymentId === paymentId) ?? (await below.byPayment(paymentId)),
    ofSchedule: async (scheduleId) => [
      ...(await below.ofSchedule(scheduleId)),
      ...linked.filter((collection) => collection.scheduleId === scheduleId),
    ],
    liveOfClient: (clientId) => below.liveOfClient(clientId),
    countCalled: async (currency, within) =>
      (await below.countCalled(currency, within)) +
      linked.filter((debit) => isForeseen(debit, currency)).length,
    liveOnMandate: (mandateId) => below.liveOnMandate(mandateId),
    reservedOnMandate: async (mandateId) => [
      ...(await below.reservedOnMandate(mandateId)),
      ...linked.filter((collection) => collection.mandateId === mandateId),
    ],
    insert: (collection) => below.insert(collection),
    update: (id, changes) => below.update(id, changes),
  };
}

/** A debit a run would send today. */
function isForeseen({ origin, amount }: Collection, currency: string): boolean {
  return origin === 'ours' && amount.currency === currency;
}

function clientsOver(stored: ClientStore, links: ReadonlyMap<string, ClientLink>): ClientStore {
  const below = readOnly(stored, 'clients', ['linkOf', 'clientsOf', 'optOut', 'mandateRequest']);
  return {
    linkOf: async (clientId) => links.get(clientId) ?? (await below.linkOf(clientId)),
    clientsOf: (customerId) => below.clientsOf(customerId),
    optOut: (invoiceId, clientId) => below.optOut(invoiceId, clientId),
    mandateRequest: (clientId, asked) => below.mandateRequest(clientId, asked),
    link: (clientId, customerId, why) => below.link(clientId, customerId, why),
    setMandateRequest: (clientId, asked, request) => below.setMandateRequest(clientId, asked, request),
    clientOfMandateRequest: (billingRequestId) => below.clientOfMandateRequest(billingRequestId),
  };
}
