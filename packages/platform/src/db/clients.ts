import type { ClientLink, Clock, ClientStore } from '@mlc/core';
import type { Executor } from './database.ts';

type MandateRequest = Parameters<ClientStore['setMandateRequest']>[1];

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

function mandateRequests(executor: Executor, businessId: string) {
  return {
    mandateRequest: async (clientId: string): Promise<MandateRequest | null> => {
      const where = { businessId_clientId: { businessId, clientId } };
      const select = { billingRequestId: true, authorisationUrl: true, requestedAt: true };
      return executor.mandateRequest.findUnique({ where, select });
    },
    setMandateRequest: async (clientId: string, request: MandateRequest) => {
      await executor.mandateRequest.upsert({
        where: { businessId_clientId: { businessId, clientId } },
        create: { businessId, clientId, ...request },
        update: request,
      });
    },
    clientOfMandateRequest: async (billingRequestId: string) => {
      const row = await executor.mandateRequest.findFirst({ where: { businessId, billingRequestId } });
      return row?.clientId ?? null;
    },
  };
}
