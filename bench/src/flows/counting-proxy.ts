import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What went to Postgres through the proxy. A round trip is what the client waits for: a Sync or a simple query. */
export interface PostgresTraffic {
  readonly roundTrips: number;
  readonly statements: number;
}

/** A way to Postgres that counts; a round that goes through it is not timed. */
export interface CountingProxy {
  readonly url: string;
  /** By connections: `store`, `locks`, `queue`. */
  read(): Readonly<Record<string, PostgresTraffic>>;
  close(): Promise<void>;
}

/** Postgres' wire protocol, from the client: https://www.postgresql.org/docs/current/protocol-message-formats.html */
class ClientMessages {
  kind = 'store';
  #rest = Buffer.alloc(0);
  #isStarted = false;
  readonly #onMessage: (type: string, kind: string) => void;

  constructor(onMessage: (type: string, kind: string) => void) {
    this.#onMessage = onMessage;
  }

  read(bytes: Buffer): void {
    let left = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const head = this.#isStarted ? 1 : 0;
      const length = left.length < head + 4 ? Infinity : head + left.readInt32BE(head);
      if (left.length < length) break;
      if (this.#isStarted) this.#onMessage(String.fromCharCode(left[0] ?? 0), this.kind);
      else this.#start(left.toString('latin1', 0, length));
      left = left.subarray(length);
    }
    this.#rest = left;
  }

  #start(text: string): void {
    this.#isStarted = true;
    if (text.includes('mlc-locks')) this.kind = 'locks';
    if (text.includes('search_path=bullmq')) this.kind = 'queue';
  }
}

/** Starts one in front of the server of this address. */
export async function startCountingProxy(serverUrl: string): Promise<CountingProxy> {
  const to = new URL(serverUrl);
  const traffic: Record<string, { roundTrips: number; statements: number }> = {};
  const sockets = new Set<Socket>();
  const count = (type: string, kind: string): void => {
    const of = (traffic[kind] ??= { roundTrips: 0, statements: 0 });
    if (type === 'S' || type === 'Q') of.roundTrips += 1;
    if (type === 'E' || type === 'Q') of.statements += 1;
  };
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: Number(to.port), host: to.hostname, noDelay: true });
    const messages = new ClientMessages(count);
    client.on('data', (bytes) => messages.read(bytes));
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => into.destroy());
      from.on('close', () => into.destroy());
      from.pipe(into);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    read: () => structuredClone(traffic),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
