import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { readerOf } from './postgres.ts';

/** What a statement answered. */
export interface Answer {
  readonly rows: readonly object[];
  /** Rows it changed or read. */
  readonly count: number;
  /** Postgres' word for what it did: `UPDATE`. */
  readonly command: string;
}

/** A statement that somebody waits for. */
export interface Asked {
  readonly text: string;
  /** As they go over the wire. */
  readonly values: readonly unknown[];
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: Error) => void;
}

/** What pg's driver lets a query of somebody else's do with its connection. */
interface Wire {
  readonly stream: Duplex;
  parse(statement: { readonly name: string; readonly text: string }): void;
  bind(portal: { readonly statement: string; readonly values: readonly unknown[] }): void;
  describe(portal: { readonly type: 'P'; readonly name: string }): void;
  execute(portal: { readonly portal: string }): void;
  close(statement: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

/** A statement prepared on a connection: what its rows are made of; `doubtful` after it failed at its first time. */
type Prepared = readonly Column[] | 'doubtful';

const preparedOn = new WeakMap<Wire, Map<string, Prepared>>();

/**
 * Several statements sent in one packet and answered in one (one Sync, so one ReadyForQuery), which pg's own queries are not:
 * each of them has a Sync of its own. It is a query to pg's client, by the interface that pg-cursor uses. Each text is
 * prepared once per connection, and what its rows look like is asked for then. When a statement fails those behind it
 * are not run, and fail as it did. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class Flight {
  readonly #asked: readonly Asked[];
  readonly #landed: () => void;
  readonly #answers: Answer[] = [];
  #known = new Map<string, Prepared>();
  #columns: readonly Column[] = [];
  #rows: object[] = [];
  #isOver = false;

  /** `landed` is called once, when another one may be sent. */
  constructor(asked: readonly Asked[], landed: () => void) {
    this.#asked = asked;
    this.#landed = landed;
  }

  /** What it carries, in order. */
  get texts(): readonly string[] {
    return this.#asked.map(({ text }) => text);
  }

  submit(connection: Wire): void {
    this.#known = preparedOn.get(connection) ?? new Map<string, Prepared>();
    preparedOn.set(connection, this.#known);
    const sent = new Set<string>();
    connection.stream.cork();
    for (const { text, values } of this.#asked) {
      const statement = nameOf(text);
      if (!sent.has(statement)) this.#prepare(connection, { name: statement, text });
      sent.add(statement);
      connection.bind({ statement, values });
      if (!this.#isKnown(statement)) connection.describe({ type: 'P', name: '' });
      connection.execute({ portal: '' });
    }
    connection.sync();
    connection.stream.uncork();
    this.#begin();
  }

  #isKnown(statement: string): boolean {
    return Array.isArray(this.#known.get(statement));
  }

  #prepare(connection: Wire, statement: { readonly name: string; readonly text: string }): void {
    if (this.#isKnown(statement.name)) return;
    if (this.#known.has(statement.name)) connection.close({ type: 'S', name: statement.name });
    connection.parse(statement);
  }

  /** The next of its statements is about to answer. */
  #begin(): void {
    const next = this.#asked[this.#answers.length];
    const known = next === undefined ? undefined : this.#known.get(nameOf(next.text));
    this.#columns = known === undefined || known === 'doubtful' ? [] : known;
    this.#rows = [];
  }

  handleRowDescription({
    fields,
  }: {
    readonly fields: readonly { name: string; dataTypeID: number }[];
  }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: readerOf(dataTypeID),
    }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {};
    for (const [index, { name, read }] of this.#columns.entries()) {
      const text = fields[index] ?? null;
      row[name] = text === null ? null : read(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const said = this.#asked[this.#answers.length];
    if (said !== undefined) this.#known.set(nameOf(said.text), this.#columns);
    const [command = ''] = text.split(' ', 1);
    const count = Number(/\d+$/.exec(text)?.[0] ?? 0);
    this.#answers.push({ rows: this.#rows, count, command });
    this.#begin();
  }

  handleReadyForQuery(): void {
    this.#end(new Error('Postgres answered fewer statements than it was asked'));
  }

  handleError(error: Error): void {
    const failed = this.#asked[this.#answers.length];
    if (failed !== undefined && !this.#isKnown(nameOf(failed.text)))
      this.#known.set(nameOf(failed.text), 'doubtful');
    this.#end(error);
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const [index, { answered, failed }] of this.#asked.entries()) {
      const answer = this.#answers[index];
      if (answer === undefined) failed(error);
      else answered(answer);
    }
    this.#landed();
  }
}

const names = new Map<string, string>();

/** The name a statement is prepared under. Derived from the text: one name never means two statements, in whatever version of the product. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `mlc_${createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 24)}`;
    names.set(text, name);
  }
  return name;
}
