import pg from 'pg';

/**
 * What every session begins with, whatever the server, the database or the role say. Prisma's adapter writes moments without
 * an offset and drops the offset of those it reads, so that in any other zone it means other moments than Postgres does
 * (findings/prisma-adapter-pg-session-zone.sh); pg reads dates in another style than ISO as null
 * (findings/pg-datestyle-null.sh). A statement and not a start-up parameter, which a pooler between us and the server may
 * refuse.
 */
const BEGIN_SESSION = `SET TIME ZONE 'UTC'; SET datestyle = 'ISO, MDY'`;

type Connected = ((error: Error) => void) | ((error: null, client: pg.Client) => void);

/** Connected means: its session is set up. */
class UtcClient extends pg.Client {
  readonly #connectMsMax: number;

  constructor(config: pg.ClientConfig = {}) {
    super(config);
    this.#connectMsMax = config.connectionTimeoutMillis ?? 0;
    // A server that goes down may end a session in the packet that began it, before anybody can listen, and an error that
    // nobody hears ends the process. Whoever has a statement under way is told by its rejection.
    this.on('error', () => undefined);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | undefined {
    const connected = this.#begin();
    if (callback === undefined) return connected;
    const tell = callback as (error: Error | null, client?: pg.Client) => void;
    void connected.then(() => tell(null, this), tell);
    return undefined;
  }

  async #begin(): Promise<pg.Client> {
    await super.connect();
    const giveUp = this.#connectMsMax > 0 ? setTimeout(() => this.#cut(), this.#connectMsMax) : undefined;
    try {
      await this.query(BEGIN_SESSION);
    } catch (error) {
      this.#cut();
      throw error;
    } finally {
      clearTimeout(giveUp);
    }
    return this;
  }

  #cut(): void {
    this.connection.stream.destroy();
  }
}

/** A connection of its own, in UTC once it is connected. Nothing else in the product makes one (`.dependency-cruiser.cjs`). */
export function newClient(url: string, config: Omit<pg.ClientConfig, 'connectionString'> = {}): pg.Client {
  return new UtcClient({ ...config, connectionString: url });
}

/** A pool of such connections; connects lazily. One that dies is replaced, and only the statement that had it hears of it. */
export function newPool(
  url: string,
  config: Omit<pg.PoolConfig, 'connectionString' | 'Client'> = {},
): pg.Pool {
  const pool = new pg.Pool({ ...config, connectionString: url, Client: UtcClient });
  // Without a listener a connection that dies while idle would end the process; the next query reconnects.
  pool.on('error', () => undefined);
  return pool;
}

/** How pg reads a column of this type (OID) in the text of an answer. */
export const readerOf = pg.types.getTypeParser as (type: number) => (text: string) => unknown;

/** A value as pg sends it to a parameter. */
export const asParameter = (value: unknown): unknown => utils.prepareValue(value);
const { utils } = pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } };
