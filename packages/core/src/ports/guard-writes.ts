import { WriteHeldError } from '../failures/write-held.ts';
import { PORT_CALLS, type Ports } from './port-calls.ts';

/** Asked before each write, as late as can be: whether it may go out now. */
export type MayWrite = () => boolean | Promise<boolean>;

/**
 * A port whose writes reject with WriteHeldError while they may not go out: the second net under the gates of the write
 * protocols, which stop before anything is intended. Whatever is not known to read counts as a write.
 */
export function guardWrites<Name extends keyof Ports>(
  name: Name,
  port: Ports[Name],
  mayWrite: MayWrite,
): Ports[Name] {
  const calls: Readonly<Record<PropertyKey, string>> = PORT_CALLS[name];
  return new Proxy(port, {
    get: (target, property) => {
      const member = Reflect.get(target, property) as unknown;
      if (typeof member !== 'function') return member;
      const call = (given: readonly unknown[]) => Reflect.apply(member, target, given) as unknown;
      if (calls[property] === 'read' || calls[property] === 'list')
        return (...given: unknown[]) => call(given);
      return async (...given: unknown[]) => {
        if (!(await mayWrite())) throw new WriteHeldError(String(property), null);
        return call(given);
      };
    },
  });
}

/** All ports of a business, guarded. */
export function guardPorts(ports: Ports, mayWrite: MayWrite): Ports {
  return {
    books: guardWrites('books', ports.books, mayWrite),
    debits: guardWrites('debits', ports.debits, mayWrite),
    captures: guardWrites('captures', ports.captures, mayWrite),
    payouts: guardWrites('payouts', ports.payouts, mayWrite),
  };
}
