import type {
  ClientLink,
  ClientReads,
  Collection,
  CollectionReads,
  FlowContext,
  MirrorStore,
  NewCollection,
  Repositories,
  Store,
} from '@mlc/core';
import { dryMirror } from './dry-mirror.ts';
import { refusing } from './refusing.ts';

/** A store that is only read, and in memory what planning one invoice means for planning the next. */
export interface DryStore extends Store {
  /** As a run would: the client's other invoices find the customer at once. */
  rememberLink(clientId: string, customerId: string): void;
  /** As a run would: no other invoice may claim the same scheduled debit. */
  rememberCollection(collection: NewCollection): void;
}

/** What a preview works with. */
export type DryContext = FlowContext & { readonly store: DryStore };

/** A transaction may write to the mirror, which is a cache and kept in memory; all else rejects with PreviewWriteError. */
export function dryStore(store: Store, onCustomers: (count: number) => void): DryStore {
  const links = new Map<string, ClientLink>();
  const linked: Collection[] = [];
  const mirror = dryMirror(store.mirror, onCustomers);
  return {
    ...store,
    mirror,
    collections: collectionsOver(store.collections, linked),
    clients: clientsOver(store.clients, links),
    transaction: (work) => work(onlyMirror(mirror)),
    rememberLink: (clientId, customerId) =>
      void links.set(clientId, { customerId, why: 'this preview', linkedAt: new Date(0) }),
    rememberCollection: (collection) =>
      void linked.push({ ...collection, id: `preview-${linked.length + 1}` }),
  };
}

function onlyMirror(mirror: MirrorStore): Repositories {
  return new Proxy({ mirror } as Repositories, {
    get: (_only, name) => (name === 'mirror' ? mirror : refusing(String(name))),
  });
}

function collectionsOver(stored: CollectionReads, linked: readonly Collection[]): CollectionReads {
  return {
    ofInvoice: async (invoiceId) => [
      ...(await stored.ofInvoice(invoiceId)),
      ...linked.filter((collection) => collection.invoiceId === invoiceId),
    ],
    byPayment: async (paymentId) =>
      linked.find((collection) => collection.paymentId === paymentId) ?? (await stored.byPayment(paymentId)),
    ofSchedule: async (scheduleId) => [
      ...(await stored.ofSchedule(scheduleId)),
      ...linked.filter((collection) => collection.scheduleId === scheduleId),
    ],
    liveOfClient: (clientId) => stored.liveOfClient(clientId),
    countCalled: async (currency, within) =>
      (await stored.countCalled(currency, within)) +
      linked.filter((debit) => isForeseen(debit, currency)).length,
    liveOnMandate: (mandateId) => stored.liveOnMandate(mandateId),
    reservedOnMandate: async (mandateId) => [
      ...(await stored.reservedOnMandate(mandateId)),
      ...linked.filter((collection) => collection.mandateId === mandateId),
    ],
  };
}

/** A debit a run would send today. */
function isForeseen({ origin, amount }: Collection, currency: string): boolean {
  return origin === 'ours' && amount.currency === currency;
}

function clientsOver(stored: ClientReads, links: ReadonlyMap<string, ClientLink>): ClientReads {
  return {
    linkOf: async (clientId) => links.get(clientId) ?? (await stored.linkOf(clientId)),
    clientsOf: (customerId) => stored.clientsOf(customerId),
    optOut: (invoiceId, clientId) => stored.optOut(invoiceId, clientId),
    mandateRequest: (clientId, asked) => stored.mandateRequest(clientId, asked),
    clientOfMandateRequest: (billingRequestId) => stored.clientOfMandateRequest(billingRequestId),
  };
}
