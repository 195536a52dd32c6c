import type { Row } from './wire.ts';

/** The rows of one resource, oldest first. */
export class Table<T extends Row> {
  readonly #rows = new Map<string, T>();

  add(row: T): T {
    this.#rows.set(row.id, row);
    return row;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  /** For ids the sandbox made itself. Throws when there is no such row. */
  must(id: string): T {
    const row = this.#rows.get(id);
    if (row === undefined) throw new Error(`the sandbox has no ${id}`);
    return row;
  }

  delete(id: string): void {
    this.#rows.delete(id);
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  where(wanted: (row: T) => boolean): T[] {
    return this.all().filter(wanted);
  }
}
