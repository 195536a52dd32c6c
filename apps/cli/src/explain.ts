import { types } from 'node:util';
import { CommanderError } from 'commander';
import { UsageError } from './shell.ts';

/** Errors whose message is written for people. */
const SPEAKING = new Set([
  'BusinessFileError',
  'ConfigError',
  'ConnectorError',
  'RefusedError',
  'ReviewRefusedError',
  'WishRefusedError',
  'SchemaOutdatedError',
  'UsageError',
  'VaultError',
]);

const USAGE_STATUS = 2;

type NetworkError = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };

const unresolved = (_place: string, { message }: NetworkError) =>
  `the host name of DATABASE_URL or QUEUE_URL cannot be resolved (${message})`;
const refusedLogin = (_place: string, { message }: NetworkError) =>
  `Postgres refuses the user or password of DATABASE_URL (${message})`;

/** By error code of Node, or SQLSTATE of Postgres. */
const NETWORK_TEXTS: Readonly<Record<string, (place: string, error: NetworkError) => string>> = {
  ECONNREFUSED: (place) =>
    `nothing answers${place}: is the server running, and do DATABASE_URL and QUEUE_URL name it?`,
  EADDRINUSE: (place) =>
    `the port is taken${place}: is another mlc running? docs/configuration.md names the variable of each port`,
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  '28P01': refusedLogin,
  '28000': refusedLogin,
  '3D000': (_place, { message }) => `the database of DATABASE_URL does not exist (${message})`,
};

/** Network errors in words: which address, and where it comes from. */
function networkText(error: NetworkError): string | null {
  const place = error.address === undefined ? '' : ` at ${error.address}:${String(error.port)}`;
  const text = NETWORK_TEXTS[error.code ?? ''];
  return text === undefined ? null : text(place, error);
}

/** Prisma and pg wrap what really happened. */
function* causesOf(error: unknown, depth = 0): Generator<Error> {
  if (!types.isNativeError(error) || depth > 5) return;
  yield error;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* causesOf(inner, depth + 1);
  yield* causesOf(error.cause, depth + 1);
}

/** What to tell a person about an error that ended a command, and the exit status. */
export function explain(error: unknown): { readonly text: string; readonly status: number } {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; asking for help is no error.
    return { text: '', status: error.exitCode === 0 ? 0 : USAGE_STATUS };
  }
  const status = error instanceof UsageError ? USAGE_STATUS : 1;
  if (!types.isNativeError(error)) return { text: `mlc: ${String(error)}\n`, status };
  if (SPEAKING.has(error.name)) return { text: `mlc: ${error.message}\n`, status };
  for (const cause of causesOf(error)) {
    const text = networkText(cause);
    if (text !== null) return { text: `mlc: ${text}\n`, status };
  }
  return { text: `mlc: unexpected: ${error.stack ?? error.message}\n`, status };
}
