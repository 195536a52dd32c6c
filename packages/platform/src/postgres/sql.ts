import type { Conversation } from './conversation.ts';
import type { Executor } from './executor.ts';
import { isNoneChanged } from './refusals.ts';

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
  /**
   * Runs a change that nobody waits for: in a transaction of ours it resolves when the statement is about to be sent, and nothing
   * is committed unless it succeeds. `refusal`: what a statement that is `requiring` a row fails with when there is none.
   */
  tell(text: string, values: readonly unknown[], refusal?: Refusal): Promise<void>;
}

/** What is thrown when a row is not there that has to be. */
export type Refusal = () => Error;

/** A bigint column as it comes; see `Sql`. */
export type BigintColumn = string | bigint;

/** Prepared statements by whatever asks them of Postgres. */
export function sqlOver({ ask }: Conversation, isTransaction: boolean): Sql {
  return {
    isTransaction,
    rows: async <Row extends object>(text: string, values: readonly unknown[]) =>
      (await ask(text, values)).rows as Row[],
    count: async (text, values) => (await ask(text, values)).count,
    tell: tellBy(ask),
  };
}

/** Waited for; a transaction of ours does without that. */
function tellBy(ask: (text: string, values: readonly unknown[]) => Promise<unknown>): Sql['tell'] {
  return async (text, values, refusal) => {
    try {
      await ask(text, values);
    } catch (error) {
      throw refusal !== undefined && isNoneChanged(error) ? refusal() : error;
    }
  };
}

/** Within what Prisma has begun, where rows are edited by people. */
function sqlOverPrisma(executor: Executor): Sql {
  const count: Sql['count'] = (text, values) => executor.$executeRawUnsafe(text, ...values);
  return {
    // Prisma's client can connect; what it hands into a transaction is connected already.
    isTransaction: !('$connect' in executor),
    rows: <Row extends object>(text: string, values: readonly unknown[]) =>
      executor.$queryRawUnsafe<Row[]>(text, ...values),
    count,
    tell: tellBy(count),
  };
}

/** Statements on either. */
export function sqlOn(on: Executor | Sql): Sql {
  return isSql(on) ? on : sqlOverPrisma(on);
}

function isSql(on: Executor | Sql): on is Sql {
  return 'isTransaction' in on;
}
