import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../ingress/stores.ts';

const MLC = fileURLToPath(new URL('../../../apps/cli/bin/mlc.js', import.meta.url));
const PORTS = { worker: '14952', ingress: '14950' } as const;
const LOOK_MS = 10;

/** Where the processes find their stores. */
export interface SharedStores {
  readonly postgres: Store;
  readonly redis: Store;
}

/** A role as `mlc` runs it, in a process of its own. */
export interface Role {
  /** From its start until `/readyz` answered 200. */
  readonly startedMs: number;
  /** CPU it used meanwhile (Linux). */
  readonly startedCpuMs: number;
  /** Resident memory (Linux) now and at its peak, after so many ms. */
  watch(ms: number): Promise<{ nowMiB: number; peakMiB: number }>;
  stop(): Promise<void>;
}

function mlc(args: readonly string[], { postgres, redis }: SharedStores): ChildProcess {
  const vaultKey = `bench:${Buffer.alloc(32, 7).toString('base64')}`;
  const ports = { WORKER_PORT: PORTS.worker, INGRESS_PORT: PORTS.ingress };
  return spawn(process.execPath, [MLC, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ...ports,
      DATABASE_URL: postgres.url,
      QUEUE_URL: redis.url,
      MLC_VAULT_KEYS: vaultKey,
      LOG_LEVEL: 'error',
    },
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Runs one command; how long it took, in ms. */
export async function ask(args: readonly string[], stores: SharedStores): Promise<number> {
  const startMs = performance.now();
  await ended(mlc(args, stores));
  return performance.now() - startMs;
}

/** User and system time so far; Linux counts them in hundredths of a second. */
async function cpuMs({ pid }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${String(pid)}/stat`, 'utf8')).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Starts a role and waits until it is ready. */
export async function startRole(name: keyof typeof PORTS, stores: SharedStores): Promise<Role> {
  const startMs = performance.now();
  const child = mlc([name], stores);
  const gone = ended(child);
  const isReady = () =>
    fetch(`http://127.0.0.1:${PORTS[name]}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) await pause(LOOK_MS);
  const startedMs = performance.now() - startMs;
  return {
    startedMs,
    startedCpuMs: await cpuMs(child),
    watch: async (ms) => {
      await pause(ms);
      const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8');
      const mib = (line: string) => Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
      return { nowMiB: mib('VmRSS'), peakMiB: mib('VmHWM') };
    },
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
