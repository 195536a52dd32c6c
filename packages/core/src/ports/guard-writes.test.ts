import { describe, expect, test } from '@jest/globals';
import { WriteHeldError } from '../failures/write-held.ts';
import { guardPorts, guardWrites } from './guard-writes.ts';
import { callsThat, PORT_CALLS, type Ports } from './port-calls.ts';

type PortName = keyof Ports;
type AnyPort = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;

const PORT_NAMES = Object.keys(PORT_CALLS) as PortName[];
const writes = PORT_NAMES.flatMap((port) =>
  callsThat('write', port).map((method) => [port, method] as const),
);
const reads = PORT_NAMES.flatMap((port) =>
  [...callsThat('read', port), ...callsThat('list', port)].map((method) => [port, method] as const),
);

/** Ports whose every method answers with its name. */
function echoing(called: string[]): Ports {
  const port = (name: string) =>
    new Proxy(
      {},
      {
        get: (_target, method) => {
          if (typeof method === 'symbol' || method === 'then') return undefined;
          return (...given: unknown[]) => {
            called.push(method);
            return Promise.resolve([name, method, ...given]);
          };
        },
      },
    );
  return Object.fromEntries(PORT_NAMES.map((name) => [name, port(name)])) as unknown as Ports;
}

/** Words for changing something: a method that begins so and is said to read is a mistake in the table. */
const CHANGES = /^(create|delete|remove|cancel|update|put|post|request|send|set|add|retry|release|refund)/;

describe('while a business observes', () => {
  test.each(writes)('%s.%s is not let through', async (port, method) => {
    const called: string[] = [];
    const guarded = guardPorts(echoing(called), () => Promise.resolve(false))[port] as unknown as AnyPort;
    const held = await guarded[method]?.('given').catch((error: unknown) => error);
    expect(held).toBeInstanceOf(WriteHeldError);
    expect(held).toMatchObject({ kind: 'not-ready', operation: method, write: null });
    expect(called).toEqual([]);
  });

  test.each(reads)('%s.%s goes on', async (port, method) => {
    const guarded = guardPorts(echoing([]), () => false)[port] as unknown as AnyPort;
    expect(await guarded[method]?.('given')).toEqual([port, method, 'given']);
  });

  test('a method nobody listed counts as a write', async () => {
    const called: string[] = [];
    const { books } = guardPorts(echoing(called), () => false);
    const unheardOf = (books as unknown as AnyPort)['mergeClients']?.();
    await expect(unheardOf).rejects.toBeInstanceOf(WriteHeldError);
    expect(called).toEqual([]);
  });
});

test('a live business writes, and is asked again before each write', async () => {
  const answers = [true, false];
  const called: string[] = [];
  const { debits } = guardPorts(echoing(called), () => answers.shift() ?? false);
  expect(await debits.cancelDebit('PM1')).toEqual(['debits', 'cancelDebit', 'PM1']);
  await expect(debits.cancelDebit('PM2')).rejects.toBeInstanceOf(WriteHeldError);
  expect(called).toEqual(['cancelDebit']);
});

test('the table calls no change a read', () => {
  expect(writes.length).toBeGreaterThanOrEqual(8);
  expect(reads.filter(([, method]) => CHANGES.test(method))).toEqual([]);
});

test('what is no method is handed through, and the port stays itself', () => {
  class Plain {
    readonly accountId = 'ACC1';
    readonly #secret = 'S';
    getInvoice(): string {
      return this.#secret;
    }
  }
  const guarded = guardWrites('books', new Plain() as never, () => false);
  expect(guarded.accountId).toBe('ACC1');
  expect(guarded.getInvoice('1')).toBe('S');
});
