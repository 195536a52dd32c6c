import { type Books, type CallKind, type Debits, PORT_CALLS, type Ports } from '@mlc/core';
import { patiently, patientlyEach, type Pause } from './patience.ts';
import { refusal } from './refusing.ts';

/** FreshBooks for reading only; what was asked before is not asked again. */
export function dryBooks(books: Books, pause: Pause): Books {
  return dry('books', books, pause);
}

/** GoCardless for reading only; what was asked before is not asked again. */
export function dryDebits(debits: Debits, pause: Pause): Debits {
  return dry('debits', debits, pause);
}

type Method = (...parameters: unknown[]) => unknown;

/** By what the port's calls do; what writes rejects with PreviewWriteError. */
function dry<Name extends 'books' | 'debits'>(name: Name, port: Ports[Name], pause: Pause): Ports[Name] {
  const calls: Readonly<Record<string, CallKind>> = PORT_CALLS[name];
  const dryCalls = Object.entries(calls).map(([method, kind]) => {
    const call: Method = (...parameters) => (Reflect.get(port, method) as Method).apply(port, parameters);
    return [
      method,
      kind === 'write' ? refusal(`${name}.${method}`) : remembering(kind, call, pause),
    ] as const;
  });
  const methods = new Map<string | symbol, Method>(dryCalls);
  return new Proxy(port, {
    get: (object, method) => methods.get(method) ?? (Reflect.get(object, method) as unknown),
  });
}

function remembering(kind: 'read' | 'list', call: Method, pause: Pause): Method {
  return kind === 'read'
    ? rememberedRead((...parameters) => patiently(() => call(...parameters) as Promise<unknown>, pause))
    : rememberedList((...parameters) =>
        patientlyEach(() => call(...parameters) as AsyncIterable<unknown>, pause),
      );
}

function rememberedRead(read: (...parameters: unknown[]) => Promise<unknown>): Method {
  const answers = new Map<string, Promise<unknown>>();
  return (...parameters) => {
    const key = asKey(parameters);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = read(...parameters);
    answers.set(key, answer);
    return answer;
  };
}

/** A whole list is only passed on, being long; what came since a moment is short and kept. */
function rememberedList(list: (...parameters: unknown[]) => AsyncIterable<unknown>): Method {
  const answers = new Map<string, readonly unknown[]>();
  return async function* (...parameters) {
    if (parameters.every((one) => one === null)) {
      yield* list(...parameters);
      return;
    }
    const key = asKey(parameters);
    const rows = answers.get(key) ?? (await allOf(list(...parameters)));
    answers.set(key, rows);
    yield* rows;
  };
}

function asKey(parameters: readonly unknown[]): string {
  return JSON.stringify(parameters, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

async function allOf<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
