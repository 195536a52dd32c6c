import { type Books, ConnectorError } from '@mlc/core';
import { ChoiceRefusedError, invoiceByName } from '@mlc/flows';
import type { Database } from '@mlc/platform/postgres/database';
import { type Named, recordedNames } from '@mlc/platform/views/recorded-names';
import { RefusedError } from './shell.ts';

/** An invoice or client that is there. */
export interface Target {
  /** FreshBooks id. */
  readonly id: string;
  /** As texts show it. */
  readonly name: string;
}

type Asked = Pick<Books, 'findInvoicesByNumber' | 'getInvoice' | 'getClient'>;

/**
 * The invoice (by number or id) or client (by id) that a person named. FreshBooks decides; what it has no more, or cannot be
 * asked for now, may still be in our own records.
 * @throws RefusedError when there is none, or several are called so.
 */
export async function findTarget(database: Database, books: Asked, named: Named): Promise<Target> {
  const { kind, text } = named;
  const asked = await orFailure(() => (kind === 'invoice' ? invoiceOf(books, text) : clientOf(books, text)));
  if (!(asked instanceof ConnectorError) && asked !== null) return asked;
  const [recorded, ...others] = await recordedNames(database, named);
  if (recorded !== undefined && others.length === 0) return { id: recorded, name: text };
  if (others.length > 0)
    throw new RefusedError(`${text} may mean several ${kind}s: name the right one by its FreshBooks id`);
  throw new RefusedError(
    asked === null
      ? `FreshBooks has no ${kind} with the ${kind === 'invoice' ? 'number or id' : 'id'} ${text}; nothing was changed`
      : `${kind} ${text} cannot be looked up (${asked.message}); nothing was changed`,
  );
}

async function invoiceOf(books: Asked, text: string): Promise<Target | null> {
  const found = await invoiceByName(books, text);
  return found === null ? null : { id: found.id, name: found.number === '' ? found.id : found.number };
}

async function clientOf(books: Asked, id: string): Promise<Target | null> {
  const found = await books.getClient(id);
  return found === null ? null : { id: found.id, name: id };
}

async function orFailure<T>(ask: () => Promise<T>): Promise<T | ConnectorError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    if (error instanceof ChoiceRefusedError) throw new RefusedError(error.message, { cause: error });
    throw error;
  }
}
