import type { DebitCustomer, MirrorReads, MirrorStore } from '@mlc/core';
import { refusal } from './refusing.ts';

type Progress = Parameters<MirrorStore['setProgress']>[1];

/**
 * The mirror as it would be after reading on: what is put stays in memory, over what is stored. `onCustomers` is told of
 * every page that was read.
 */
export function dryMirror(below: MirrorReads, onCustomers: (count: number) => void): MirrorStore {
  const read = new ReadCustomers();
  const progress = new Map<string, Progress>();
  const fresh = (rows: readonly DebitCustomer[]) => rows.filter(({ id }) => read.byId(id) === undefined);
  return {
    putCustomers: (customers) => {
      read.put(customers);
      if (customers.length > 0) onCustomers(customers.length);
      return Promise.resolve();
    },
    removeCustomer: refusal('mirror.removeCustomer'),
    // Planning asks GoCardless itself for mandates.
    putMandates: () => Promise.resolve(),
    customer: async (customerId) => read.byId(customerId) ?? (await below.customer(customerId)),
    customersByEmail: async (email) =>
      [...fresh(await below.customersByEmail(email)), ...read.byEmail(email)].sort(byCreation),
    customersByClientId: async (clientId) =>
      [...fresh(await below.customersByClientId(clientId)), ...read.byClientId(clientId)].sort(byCreation),
    mandates: (customerId) => below.mandates(customerId),
    progress: async (resource) => progress.get(resource) ?? (await below.progress(resource)),
    setProgress: (resource, now) => {
      progress.set(resource, now);
      return Promise.resolve();
    },
  };
}

/** Customers read during the preview: a first connection may have hundreds of thousands of them. */
class ReadCustomers {
  readonly #customers = new Map<string, DebitCustomer>();
  readonly #emails = new Map<string, Set<string>>();
  readonly #clientIds = new Map<string, Set<string>>();

  put(customers: readonly DebitCustomer[]): void {
    for (const customer of customers) {
      this.#customers.set(customer.id, customer);
      addTo(this.#emails, emailOf(customer), customer.id);
      addTo(this.#clientIds, clientIdOf(customer), customer.id);
    }
  }

  byId(customerId: string): DebitCustomer | undefined {
    return this.#customers.get(customerId);
  }

  /** An index may still name a customer whose address changed since: looked at again. */
  byEmail(email: string): DebitCustomer[] {
    const wanted = comparable(email);
    return this.#named(this.#emails.get(wanted)).filter((customer) => emailOf(customer) === wanted);
  }

  byClientId(clientId: string): DebitCustomer[] {
    const named = this.#named(this.#clientIds.get(clientId));
    return named.filter((customer) => clientIdOf(customer) === clientId);
  }

  #named(ids: ReadonlySet<string> = new Set()): DebitCustomer[] {
    return [...ids].flatMap((id) => this.#customers.get(id) ?? []);
  }
}

function addTo(index: Map<string, Set<string>>, key: string | null, id: string): void {
  if (key === null) return;
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function emailOf({ email }: DebitCustomer): string | null {
  return email === null ? null : comparable(email);
}

/** GoCardless metadata key that names the FreshBooks client (design section 4). */
function clientIdOf({ metadata }: DebitCustomer): string | null {
  return metadata['freshbooks_client_id'] ?? null;
}

function comparable(email: string): string {
  return email.trim().toLowerCase();
}

function byCreation(left: DebitCustomer, right: DebitCustomer): number {
  if (left.createdAt !== right.createdAt) return left.createdAt < right.createdAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}
