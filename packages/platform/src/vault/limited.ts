import type { Database } from '../postgres/database.ts';

/**
 * A refresh holds one connection of the pool and needs a second one: were the pool full of them, none could go on.
 */
const AT_ONCE = 2;

interface Turnstile {
  free: number;
  readonly waiting: (() => void)[];
}

const turnstiles = new WeakMap<Database, Turnstile>();

function turnstileOf(database: Database): Turnstile {
  const turnstile = turnstiles.get(database) ?? { free: AT_ONCE, waiting: [] };
  turnstiles.set(database, turnstile);
  return turnstile;
}

/** Runs at most two at once on this process's pool; the others queue up. */
export async function limited<T>(database: Database, work: () => Promise<T>): Promise<T> {
  const turnstile = turnstileOf(database);
  if (turnstile.free > 0) turnstile.free -= 1;
  else await new Promise<void>((resolve) => turnstile.waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = turnstile.waiting.shift();
    if (next === undefined) turnstile.free += 1;
    else next();
  }
}
