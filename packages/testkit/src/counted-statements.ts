import pg from 'pg';

/** What this process has sent to Postgres since it was asked for. */
export interface CountedStatements {
  /** One text per statement, in the order they were sent; a text of several statements counts once. */
  readonly sent: readonly string[];
  /** How often an answer was waited for: what one packet carries is answered at once. */
  readonly roundTrips: number;
  /** Sends uncounted again. */
  stop(): void;
}

/** A statement of pg's, or several of ours that go out together. */
type Query = string | { readonly text?: string; readonly texts?: readonly string[] };

/** Counts on every connection of this process: of pools, locks and Prisma alike. */
export function countStatements(): CountedStatements {
  const sent: string[] = [];
  let roundTrips = 0;
  const prototype = pg.Client.prototype as { query: (...parameters: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function counted(this: unknown, ...parameters: unknown[]) {
    const [asked] = parameters as [Query];
    roundTrips += 1;
    if (typeof asked === 'string') sent.push(asked);
    else sent.push(...(asked.texts ?? [asked.text ?? '']));
    return query.apply(this, parameters);
  };
  return {
    sent,
    get roundTrips() {
      return roundTrips;
    },
    stop: () => {
      prototype.query = query;
    },
  };
}
