import pg from 'pg';

/** What this process has sent to Postgres since it was asked for. */
export interface CountedStatements {
  /** One text per round trip, in the order they were sent; a text of several statements counts once. */
  readonly sent: readonly string[];
  /** Sends uncounted again. */
  stop(): void;
}

/** Counts on every connection of this process: of pools, locks and Prisma alike. */
export function countStatements(): CountedStatements {
  const sent: string[] = [];
  const prototype = pg.Client.prototype as { query: (...parameters: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function counted(this: unknown, ...parameters: unknown[]) {
    const [statement] = parameters as [string | { readonly text?: string }];
    sent.push(typeof statement === 'string' ? statement : (statement.text ?? ''));
    return query.apply(this, parameters);
  };
  return {
    sent,
    stop: () => {
      prototype.query = query;
    },
  };
}
