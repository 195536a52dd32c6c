/** Clients kept in memory; beyond it the ones used longest ago are made anew. */
const CLIENTS_MAX = 5_000;

/** One client per connection and revision, so that tokens and leases in memory outlive a job. */
export class ClientCache {
  readonly #clients = new Map<string, { readonly revision: number; readonly client: unknown }>();

  get<T>({ id, revision }: { readonly id: string; readonly revision: number }, open: () => T): T {
    const known = this.#clients.get(id);
    this.#clients.delete(id);
    const entry = known?.revision === revision ? known : { revision, client: open() };
    this.#clients.set(id, entry);
    if (this.#clients.size > CLIENTS_MAX) {
      const [oldest] = this.#clients.keys();
      if (oldest !== undefined) this.#clients.delete(oldest);
    }
    return entry.client as T;
  }
}
