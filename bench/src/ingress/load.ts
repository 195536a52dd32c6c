import { connect, type Socket } from 'node:net';
import { distinctRequests } from './bodies.ts';

/** What one round found; latencies in ms. */
export interface Round {
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a round does: keep-alive connections, each sending its next request when the answer to the last is there. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
}

/** First digit of the status in `HTTP/1.1 200`. */
const DIGIT_TWO = 0x32;
const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;

/** Runs a round in this process: raw sockets, because an HTTP client would cost more than the server. */
export async function runLoad(load: Load): Promise<Round> {
  const requests = distinctRequests(load.requests);
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load.port)));
  const latencies: number[] = [];
  let next = 0;
  const take = (): Buffer | undefined => requests[next++];
  const startMs = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, take, latencies)));
  const tookMs = performance.now() - startMs;
  for (const socket of sockets) socket.destroy();
  latencies.sort((left, right) => left - right);
  return {
    requestsPerS: (latencies.length / tookMs) * 1000,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}

/** Sends requests one after the other until there are none left. Rejects on anything but 2xx. */
function drive(socket: Socket, take: () => Buffer | undefined, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentMs = 0;
    let pending: Buffer | null = null;
    let usualLength = 0;
    const sendNext = (): void => {
      const request = take();
      if (request === undefined) {
        resolve();
        return;
      }
      sentMs = performance.now();
      socket.write(request);
    };
    socket.on('data', (chunk: Buffer) => {
      const answer = pending === null ? chunk : Buffer.concat([pending, chunk]);
      // Answers of one server are equally long; reading each head again would load the machine more than the server.
      if (answer.length !== usualLength && !isWhole(answer)) {
        pending = answer;
        return;
      }
      pending = null;
      usualLength = answer.length;
      if (answer[9] !== DIGIT_TWO) {
        reject(new Error(`the server answered ${answer.toString('latin1').slice(0, 200)}`));
        return;
      }
      latencies.push(performance.now() - sentMs);
      sendNext();
    });
    socket.on('close', () => reject(new Error('the server closed a connection')));
    sendNext();
  });
}

function isWhole(answer: Buffer): boolean {
  const headEnd = answer.indexOf(HEAD_END);
  if (headEnd < 0) return false;
  const length = LENGTH.exec(answer.toString('latin1', 0, headEnd + 2))?.[1] ?? '0';
  return answer.length >= headEnd + 4 + Number(length);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
