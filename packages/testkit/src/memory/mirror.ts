import type { DebitCustomer, MirrorStore } from '@mlc/core';
import type { MemoryScope } from './rows.ts';

interface Created {
  readonly id: string;
  readonly createdAt: string;
}

/** GoCardless' customers and mandates, in memory. */
export function memoryMirror({ rows }: MemoryScope): MirrorStore {
  const listed = (keep: (customer: DebitCustomer) => boolean) =>
    Promise.resolve([...rows.customers.values()].filter(keep).sort(byCreation));
  return {
    putCustomers: (customers) => {
      for (const customer of customers) rows.customers.set(customer.id, customer);
      return Promise.resolve();
    },
    removeCustomer: (customerId) => {
      rows.customers.delete(customerId);
      for (const { id, customerId: owner } of [...rows.mandates.values()])
        if (owner === customerId) rows.mandates.delete(id);
      return Promise.resolve();
    },
    putMandates: (mandates) => {
      for (const mandate of mandates) rows.mandates.set(mandate.id, mandate);
      return Promise.resolve();
    },
    customer: (customerId) => Promise.resolve(rows.customers.get(customerId) ?? null),
    customersByEmail: (email) =>
      listed((customer) => customer.email !== null && comparable(customer.email) === comparable(email)),
    customersByClientId: (clientId) =>
      listed((customer) => customer.metadata['freshbooks_client_id'] === clientId),
    mandates: (customerId) => {
      const all = [...rows.mandates.values()].filter((mandate) => mandate.customerId === customerId);
      return Promise.resolve(all.sort(byCreation).reverse());
    },
    progress: (resource) => Promise.resolve(rows.progress.get(resource) ?? null),
    setProgress: (resource, progress) => {
      rows.progress.set(resource, progress);
      return Promise.resolve();
    },
  };
}

function comparable(email: string): string {
  return email.trim().toLowerCase();
}

function byCreation(left: Created, right: Created): number {
  const [before, after] = [left, right].map((one) => `${one.createdAt} ${one.id}`);
  return (before ?? '') < (after ?? '') ? -1 : 1;
}
