import type { Repositories, Store } from '@mlc/core';

type AnyRepository = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;

/** Repositories for tests: each call is a transaction of its own. */
export function inTransactions(store: Pick<Store, 'transaction'>): Repositories {
  const repository = (name: keyof Repositories) =>
    new Proxy(
      {},
      {
        get:
          (_none, method) =>
          (...given: unknown[]) =>
            store.transaction((tx) => calledOn(tx[name] as unknown as AnyRepository, String(method), given)),
      },
    );
  return new Proxy({} as Repositories, { get: (_none, name) => repository(name as keyof Repositories) });
}

function calledOn(repository: AnyRepository, method: string, given: unknown[]): Promise<unknown> {
  const call = repository[method];
  if (call === undefined) throw new Error(`the store has no method ${method}`);
  return call(...given);
}
