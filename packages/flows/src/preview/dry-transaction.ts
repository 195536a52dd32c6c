import type { Reading, Repositories, Store } from '@mlc/core';

type WritesOf<Name extends keyof Repositories> = Exclude<
  keyof Repositories[Name],
  Name extends keyof Reading ? keyof Reading[Name] : never
>;

/** Every write there is: the compiler asks for one that is missing. */
const WRITES: {
  readonly [Name in keyof Repositories]: Readonly<Record<WritesOf<Name>, 'left out'>>;
} = {
  audit: { append: 'left out' },
  collections: { insert: 'left out', update: 'left out' },
  postings: { insertIntent: 'left out', put: 'left out', update: 'left out' },
  reviews: { open: 'left out', settle: 'left out' },
  mirror: {
    putCustomers: 'left out',
    removeCustomer: 'left out',
    putMandates: 'left out',
    setProgress: 'left out',
  },
  clients: { link: 'left out', setMandateRequest: 'left out' },
  events: {
    finish: 'left out',
    wake: 'left out',
    rerun: 'left out',
    rerunInvoices: 'left out',
    cover: 'left out',
  },
  periods: {},
  ledger: { record: 'left out' },
  payouts: { put: 'left out', replaceItems: 'left out' },
  arrivals: { expect: 'left out' },
};

/**
 * A store whose transactions are only read: what a run keeps on its way to the gate (how a debit stands, a payout, the ledger) is
 * left out. A run decides by what the providers say now, so it comes to the same.
 */
export function withoutWrites(store: Store): Store {
  const tx = new Proxy({} as Repositories, {
    get: (_none, name) => (name in WRITES ? repository(store, name as keyof Repositories) : undefined),
  });
  return { ...store, transaction: (work) => work(tx) };
}

function repository(store: Store, name: keyof Repositories): object {
  const writes: object = WRITES[name];
  const reads: object = name === 'audit' ? {} : store[name];
  return new Proxy(reads, {
    get: (target, method) =>
      method in writes ? () => Promise.resolve() : (Reflect.get(target, method) as unknown),
  });
}
