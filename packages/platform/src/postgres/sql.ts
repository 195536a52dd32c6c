import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Executor } from './executor.ts';

/**
 * What repositories run their statements on: our pool, a transaction of ours, or one of Prisma's. Values are texts, numbers,
 * booleans, moments (Date), bigints, null and lists of them; JSON is passed as text. In rows, moments are Date, JSON is parsed,
 * and a bigint is a text from pg and a bigint from Prisma: `BigInt(column)` reads both.
 */
export interface Sql {
  /** Whether what it runs stands or falls together; outside of one, each statement does so by itself. */
  readonly isTransaction: boolean;
  /** Runs a statement with `$1`, `$2` … and returns its rows. The text must not carry values: it is prepared once per connection. */
  rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** The same; returns how many rows it changed. */
  count(text: string, values: readonly unknown[]): Promise<number>;
}

/** A bigint column as it comes; see `Sql`. */
export type BigintColumn = string | bigint;

/** Prepared statements over pg. */
export function sqlOver(client: pg.Pool | pg.ClientBase, isTransaction: boolean): Sql {
  const query = <Row extends object>(text: string, values: readonly unknown[]) =>
    client.query<Row>({ name: nameOf(text), text, values: [...values] });
  return {
    isTransaction,
    rows: async <Row extends object>(text: string, values: readonly unknown[]) =>
      (await query<Row>(text, values)).rows,
    count: async (text, values) => (await query(text, values)).rowCount ?? 0,
  };
}

/** The same statements within what Prisma has begun, where rows are edited by people. */
function sqlOverPrisma(executor: Executor): Sql {
  return {
    // Prisma's client can connect; what it hands into a transaction is connected already.
    isTransaction: !('$connect' in executor),
    rows: <Row extends object>(text: string, values: readonly unknown[]) =>
      executor.$queryRawUnsafe<Row[]>(text, ...values),
    count: (text, values) => executor.$executeRawUnsafe(text, ...values),
  };
}

/** Statements on either. */
export function sqlOn(on: Executor | Sql): Sql {
  return isSql(on) ? on : sqlOverPrisma(on);
}

function isSql(on: Executor | Sql): on is Sql {
  return 'isTransaction' in on;
}

const names = new Map<string, string>();

/** The name a statement is prepared under. Derived from the text: one name never means two statements, in whatever version of the product. */
export function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `mlc_${createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 24)}`;
    names.set(text, name);
  }
  return name;
}
