import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections and to listen(0) (Linux from 32768, IANA's dynamic range from
 * 49152): nothing takes one of these between the look here and the start of the process it is meant for.
 */
const FIRST_PORT = 15_000;
const PORTS_OF_A_WORKER = 1_000;
const WORKERS_MAX = 16;

const worker = Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS_MAX;
/** Where this process begins: another run on the machine begins elsewhere. */
let asked = randomInt(PORTS_OF_A_WORKER);

/** A port of this machine's loopback that nobody listens on. No two calls of a test run are given the same one. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS_OF_A_WORKER; tries += 1) {
    asked = (asked + 1) % PORTS_OF_A_WORKER;
    const port = FIRST_PORT + worker * PORTS_OF_A_WORKER + asked;
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${PORTS_OF_A_WORKER} ports from ${FIRST_PORT} is free`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
