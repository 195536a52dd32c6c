import { ConnectorError, type ConnectorFailure } from '@mlc/core';

/** Why there is no connection, when it is not simply missing. */
export type Absence = Pick<ConnectorFailure, 'message' | 'reason' | 'connectionId'>;

/**
 * Stands in for a connection the business does not have: every call rejects as `unauthorised`, so that the work parks
 * until the connection is made.
 */
export function absentConnection<T extends object>(
  provider: string,
  known: Partial<T> = {},
  absence: Absence = { message: `this business has no ${provider} connection: add it with mlc apply` },
): T {
  return new Proxy(known, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name) as unknown;
      // `await` asks for it: this is no promise.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return () => refusal({ kind: 'unauthorised', provider, operation: name, ...absence });
    },
  }) as T;
}

/** Rejects when awaited and when iterated, as the methods of a connector are one or the other. */
function refusal(failure: ConnectorFailure): PromiseLike<never> & AsyncIterable<never> {
  const reject = (): Promise<never> => Promise.reject(new ConnectorError(failure));
  return {
    then: (onFulfilled, onRejected) => reject().then(onFulfilled, onRejected),
    [Symbol.asyncIterator]: () => ({ next: reject }),
  };
}
