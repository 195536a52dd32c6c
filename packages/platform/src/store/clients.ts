import type { AskedMandate, SentMandateRequest, ClientLink, Clock, ClientStore } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';

/** Which client is which customer, and what clients asked of us; of one business, in Postgres. */
export function clientStore(executor: Executor, businessId: string, clock: Clock): ClientStore {
  return { ...links(executor, businessId, clock), ...mandateRequests(executor, businessId) };
}

function links(executor: Executor, businessId: string, clock: Clock) {
  return {
    linkOf: async (clientId: string): Promise<ClientLink | null> => {
      const where = { businessId_clientId: { businessId, clientId } };
      const select = { customerId: true, why: true, linkedAt: true };
      return executor.clientLink.findUnique({ where, select });
    },
    clientsOf: async (customerId: string) => {
      const rows = await executor.clientLink.findMany({ where: { businessId, customerId } });
      return rows.map((row) => row.clientId).sort();
    },
    link: async (clientId: string, customerId: string, why: string) => {
      const changes = { customerId, why, linkedAt: clock.now() };
      await executor.clientLink.upsert({
        where: { businessId_clientId: { businessId, clientId } },
        create: { businessId, clientId, ...changes },
        update: changes,
      });
    },
    optOut: async (invoiceId: string, clientId: string) => {
      const asked = [
        { kind: 'invoice', id: invoiceId },
        { kind: 'client', id: clientId },
      ];
      const rows = await executor.optOut.findMany({ where: { businessId, OR: asked } });
      const row = rows.find((candidate) => candidate.kind === 'invoice') ?? rows[0];
      return row?.why ?? null;
    },
  };
}

/** Old requests, kept per client only, are still fulfilled: they tell whose mandate it is. */
function mandateRequests(executor: Executor, businessId: string) {
  const keyOf = (clientId: string, { currency, scheme }: AskedMandate) => ({
    businessId_clientId_currency_scheme: { businessId, clientId, currency, scheme },
  });
  return {
    mandateRequest: async (clientId: string, asked: AskedMandate): Promise<SentMandateRequest | null> => {
      const select = { billingRequestId: true, authorisationUrl: true, requestedAt: true };
      return executor.currencyMandateRequest.findUnique({ where: keyOf(clientId, asked), select });
    },
    setMandateRequest: async (clientId: string, asked: AskedMandate, request: SentMandateRequest) => {
      await executor.currencyMandateRequest.upsert({
        where: keyOf(clientId, asked),
        create: { businessId, clientId, ...asked, ...request },
        update: request,
      });
    },
    clientOfMandateRequest: async (billingRequestId: string) => {
      const where = { businessId, billingRequestId };
      const row =
        (await executor.currencyMandateRequest.findFirst({ where })) ??
        (await executor.mandateRequest.findFirst({ where }));
      return row?.clientId ?? null;
    },
  };
}
