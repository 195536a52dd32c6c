import type { ChainHead } from '@mlc/core';
import type { Database } from '../postgres/database.ts';

/** One append of this process to a chain, until its transaction has ended. */
export interface Turn {
  /** The head as this process left it; null when somebody else has appended since, as far as is known. */
  readonly known: ChainHead | null;
  /** The head that was committed; null when it was not, or is not known. Ends the turn. */
  end(head: ChainHead | null): void;
}

interface Chain {
  last: Promise<unknown>;
  known: ChainHead | null;
}

const chainsOf = new WeakMap<Database, Map<string, Chain>>();

/**
 * Appends of one process to one chain go one after the other, each until its transaction has ended: they would wait for each
 * other in Postgres all the same, and so each knows the head without asking for it. Take a turn for the last statement of a
 * transaction, and end it in any case.
 */
export async function takeTurn(database: Database, businessId: string): Promise<Turn> {
  const chain = chainOf(database, businessId);
  const before = chain.last;
  let over: () => void = () => undefined;
  chain.last = new Promise<void>((resolve) => {
    over = resolve;
  });
  await before;
  return {
    known: chain.known,
    end: (head) => {
      chain.known = head;
      over();
    },
  };
}

function chainOf(database: Database, businessId: string): Chain {
  const chains = chainsOf.get(database) ?? new Map<string, Chain>();
  chainsOf.set(database, chains);
  const chain = chains.get(businessId) ?? { last: Promise.resolve(), known: null };
  chains.set(businessId, chain);
  return chain;
}
