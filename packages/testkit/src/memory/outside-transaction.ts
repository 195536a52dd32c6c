import type { Repositories, Store } from '@mlc/core';

/** Repositories for use outside transactions: reads see what is committed, each write is a transaction of its own. */
export function outsideTransaction(
  committed: () => Repositories,
  transaction: Store['transaction'],
): Repositories {
  return {
    audit: writing('audit', ['append']),
    collections: writing('collections', ['insert', 'update']),
    postings: writing('postings', ['insertIntent', 'update']),
    reviews: writing('reviews', ['open', 'settle']),
    mirror: writing('mirror', ['putCustomers', 'removeCustomer', 'putMandates', 'setProgress']),
    clients: writing('clients', ['link', 'setMandateRequest']),
    events: writing('events', ['finish', 'wake', 'rerun', 'rerunInvoices', 'cover']),
    periods: writing('periods', []),
    ledger: writing('ledger', ['record']),
    payouts: writing('payouts', ['put', 'replaceItems']),
    arrivals: writing('arrivals', ['expect']),
  };

  function writing<Name extends keyof Repositories>(
    name: Name,
    writes: readonly (keyof Repositories[Name])[],
  ): Repositories[Name] {
    const methods = Object.keys(committed()[name]).map((method) => {
      const isWrite = (writes as readonly string[]).includes(method);
      const call = (...args: unknown[]) =>
        isWrite
          ? transaction((tx) => callOn(tx[name], method, args))
          : callOn(committed()[name], method, args);
      return [method, call] as const;
    });
    return Object.fromEntries(methods) as unknown as Repositories[Name];
  }
}

function callOn(repository: object, method: string, args: readonly unknown[]): Promise<unknown> {
  const call = (repository as Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>)[
    method
  ];
  if (call === undefined) throw new Error(`the store has no method ${method}`);
  return call(...args);
}
