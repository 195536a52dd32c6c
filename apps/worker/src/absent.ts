import { ConnectorError } from '@mlc/core';

/**
 * Stands in for a connection the business does not have: every call rejects as `unauthorised`, so that the work parks
 * until the connection is made.
 */
export function absentConnection<T extends object>(provider: string, known: Partial<T> = {}): T {
  return new Proxy(known, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name) as unknown;
      // `await` asks for it: this is no promise.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return () => refusal(provider, name);
    },
  }) as T;
}

/** Rejects when awaited and when iterated, as the methods of a connector are one or the other. */
function refusal(provider: string, operation: string): PromiseLike<never> & AsyncIterable<never> {
  const reject = (): Promise<never> =>
    Promise.reject(
      new ConnectorError({
        kind: 'unauthorised',
        provider,
        operation,
        message: `this business has no ${provider} connection: add it with mlc apply`,
      }),
    );
  return {
    then: (onFulfilled, onRejected) => reject().then(onFulfilled, onRejected),
    [Symbol.asyncIterator]: () => ({ next: reject }),
  };
}
