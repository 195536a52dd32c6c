import { type AskedMandate, type ClientStore, firstOpenDate, type PeriodStore } from '@mlc/core';
import type { MemoryScope } from './rows.ts';

/** Links between clients and customers, opt-outs and mandate requests, in memory. */
export function memoryClients({ rows, clock }: MemoryScope): ClientStore {
  const keyWhere = <T>(map: ReadonlyMap<string, T>, keep: (value: T) => boolean) =>
    [...map].filter(([, value]) => keep(value)).map(([key]) => key);
  return {
    linkOf: (clientId) => Promise.resolve(rows.links.get(clientId) ?? null),
    clientsOf: (customerId) =>
      Promise.resolve(keyWhere(rows.links, (link) => link.customerId === customerId).sort()),
    link: (clientId, customerId, why) => {
      rows.links.set(clientId, { customerId, why, linkedAt: clock.now() });
      return Promise.resolve();
    },
    optOut: (invoiceId, clientId) =>
      Promise.resolve(
        rows.optOuts.get(`invoice:${invoiceId}`) ?? rows.optOuts.get(`client:${clientId}`) ?? null,
      ),
    mandateRequest: (clientId, asked) =>
      Promise.resolve(rows.mandateRequests.get(requestKey(clientId, asked)) ?? null),
    setMandateRequest: (clientId, asked, request) => {
      rows.mandateRequests.set(requestKey(clientId, asked), request);
      return Promise.resolve();
    },
    clientOfMandateRequest: (billingRequestId) => {
      const asked = keyWhere(rows.mandateRequests, (one) => one.billingRequestId === billingRequestId);
      return Promise.resolve(asked[0]?.split(' ')[0] ?? null);
    },
  };
}

function requestKey(clientId: string, { currency, scheme }: AskedMandate): string {
  return `${clientId} ${currency} ${scheme}`;
}

/** Closed months, in memory. */
export function memoryPeriods({ rows }: MemoryScope): PeriodStore {
  return { firstOpenDate: (date) => Promise.resolve(firstOpenDate(date, rows.closedMonths)) };
}
