import Table from 'cli-table3';
import type { Call } from './shell.ts';

/** A column of a table for people. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | null;
  readonly align?: 'right';
}

const BORDERLESS = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '',
  'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
}; // prettier-ignore

/** Characters that would move the cursor or colour the terminal; what providers sent must not. */
// eslint-disable-next-line no-control-regex -- exactly those are meant
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

const cell = (value: string | number | null): string => String(value ?? '-').replace(CONTROL, ' ');

/** Prints a list: one JSON object per line with --json, else a table. */
export async function printList<Row extends object>(
  { shell, options }: Call,
  rows: AsyncIterable<Row> | Iterable<Row>,
  columns: readonly Column<Row>[],
): Promise<void> {
  if (options.json === true) {
    for await (const row of rows) await shell.out(`${JSON.stringify(row)}\n`);
    return;
  }
  await shell.out(`${await tableText(rows, columns)}\n`);
}

/** A table for people, or `none`. */
export async function tableText<Row extends object>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  columns: readonly Column<Row>[],
): Promise<string> {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  let count = 0;
  for await (const row of rows) {
    table.push(columns.map((column) => cell(column.of(row))));
    count += 1;
  }
  return count === 0 ? 'none' : table.toString();
}

/** Prints one document: JSON on one line with --json, else the lines for people. */
export async function printDocument(
  { shell, options }: Call,
  document: unknown,
  lines: readonly string[],
): Promise<void> {
  await shell.out(options.json === true ? `${JSON.stringify(document)}\n` : `${lines.join('\n')}\n`);
}
