import { type KeyboardEvent, memo, type ReactNode, useRef } from 'react';
import { useLocation } from 'wouter';
import { en } from '../en.ts';
import { To, useHref } from './link.tsx';
import { useKeys } from './use-keys.ts';

/** One column of a list. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Amounts and counts stand at the end of their cell. */
  readonly isNumber?: boolean;
}

/** Which rows are ticked. */
export interface Ticks {
  readonly keys: ReadonlySet<string>;
  readonly change: (keys: ReadonlySet<string>) => void;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly rows: readonly Row[];
  /** The first one names the row, and leads to its page. */
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Our page of a row. */
  readonly pathOf?: ((row: Row) => string) | undefined;
  readonly ticks?: Ticks | undefined;
}

const ROW = '[data-row] [data-opens]';

function moveFocus(table: HTMLTableElement | null, step: 1 | -1): void {
  const links = [...(table?.querySelectorAll<HTMLElement>(ROW) ?? [])];
  const at = links.findIndex((link) => link.closest('[data-row]')?.contains(document.activeElement) === true);
  links[
    at === -1 && step === -1 ? links.length - 1 : Math.min(Math.max(at + step, 0), links.length - 1)
  ]?.focus();
}

function tickFocused(): void {
  const row = document.activeElement?.closest('[data-row]');
  row?.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
}

/** A list as a table of the browser's own; `j` and `k` walk its rows, `x` ticks one. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { caption, rows, columns, keyOf, pathOf, ticks } = props;
  const table = useRef<HTMLTableElement>(null);
  useKeys({
    j: () => moveFocus(table.current, 1),
    k: () => moveFocus(table.current, -1),
    x: ticks === undefined ? undefined : tickFocused,
  });
  const [, navigate] = useLocation();
  const href = useHref();
  const toggle = (key: string): void => {
    if (ticks === undefined) return;
    const keys = new Set(ticks.keys);
    if (!keys.delete(key)) keys.add(key);
    ticks.change(keys);
  };
  return (
    <table className="table" ref={table} role="table">
      <caption className="only-read">{caption}</caption>
      <Head columns={columns} rows={rows.map(keyOf)} ticks={ticks} />
      <tbody role="rowgroup">
        {rows.map((row) => (
          <DataRow
            key={keyOf(row)}
            row={row}
            rowKey={keyOf(row)}
            columns={columns as readonly Column<unknown>[]}
            path={pathOf?.(row)}
            isTicked={ticks?.keys.has(keyOf(row))}
            onTick={toggle}
            onOpen={(path) => navigate(href(path))}
          />
        ))}
      </tbody>
    </table>
  );
}

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly string[];
  readonly ticks: Ticks | undefined;
}

function Head<Row>({ columns, rows, ticks }: HeadProps<Row>): ReactNode {
  const isAll = ticks !== undefined && rows.length > 0 && rows.every((key) => ticks.keys.has(key));
  return (
    <thead role="rowgroup">
      <tr role="row">
        {ticks === undefined ? null : (
          <th role="columnheader" scope="col" className="tick">
            <input
              type="checkbox"
              aria-label={en.selectAll}
              checked={isAll}
              onChange={() => ticks.change(isAll ? new Set() : new Set(rows))}
            />
          </th>
        )}
        {columns.map(({ name, isNumber }) => (
          <th
            key={name}
            role="columnheader"
            scope="col"
            className={isNumber === true ? 'is-number' : undefined}
          >
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface DataRowProps {
  readonly row: unknown;
  readonly rowKey: string;
  readonly columns: readonly Column<unknown>[];
  readonly path: string | undefined;
  readonly isTicked: boolean | undefined;
  readonly onTick: (key: string) => void;
  readonly onOpen: (path: string) => void;
}

/** Text in a row can be selected; a click on it opens the row's page, as its link does. */
const DataRow = memo(
  function DataRow({ row, rowKey, columns, path, isTicked, onTick, onOpen }: DataRowProps): ReactNode {
    const open = (target: EventTarget): void => {
      const isOwn =
        target instanceof HTMLElement && target.closest('a, button, input, summary, label') !== null;
      if (path !== undefined && !isOwn && String(getSelection()) === '') onOpen(path);
    };
    return (
      <tr
        role="row"
        data-row
        className={path === undefined ? undefined : 'is-link'}
        onClick={(event) => open(event.target)}
      >
        {isTicked === undefined ? null : (
          <td role="cell" className="tick">
            <input
              type="checkbox"
              aria-label={en.select}
              checked={isTicked}
              onChange={() => onTick(rowKey)}
              onKeyDown={letXThrough}
            />
          </td>
        )}
        {columns.map(({ name, cell, isNumber }, index) => (
          <td key={name} role="cell" data-name={name} className={isNumber === true ? 'is-number' : undefined}>
            <div className="cell">
              {index === 0 && path !== undefined ? (
                <To to={path} data-opens>
                  {cell(row)}
                </To>
              ) : (
                cell(row)
              )}
            </div>
          </td>
        ))}
      </tr>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.isTicked === after.isTicked &&
    before.path === after.path &&
    before.columns === after.columns,
);

/** Enter in a checkbox would send a form; here it does nothing. */
function letXThrough(event: KeyboardEvent): void {
  if (event.key === 'Enter') event.preventDefault();
}
