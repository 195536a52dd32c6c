import type { Sandbox } from '@mlc/sandbox';
import { redisCommand } from '@mlc/testkit/redis';
import type { Deployment } from './deployment.ts';
import type { SeededRandom } from './random.ts';
import type { Supervised } from './supervised.ts';
import { until } from './until.ts';

/** Something that goes wrong around the processes. */
export interface Disturbance {
  readonly name: string;
  readonly strike: () => Promise<unknown>;
}

/** SIGKILL of a role, which is started again. */
export function kill(name: string, role: Supervised): Disturbance {
  return { name: `kill -9 ${name}`, strike: () => role.killAndRestart() };
}

/** Redis loses everything it holds. */
export function emptyRedis({ redis }: Deployment): Disturbance {
  return { name: 'FLUSHALL', strike: () => redisCommand(redis?.url ?? '', 'FLUSHALL') };
}

/** Redis goes away until the worker has noticed, and comes back empty. */
export function restartRedis({ redis }: Deployment, worker: Supervised): Disturbance {
  return {
    name: 'restart Redis',
    strike: async () => {
      await redis?.kill();
      await until(
        'the worker notices',
        async () => worker.ownDeaths.length > 0 || (await fetch(`${worker.url}/readyz`)).status === 503,
      );
      await redis?.start();
    },
  };
}

/** Postgres ends every connection to the database. */
export function cutPostgres({ database }: Deployment): Disturbance {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  return { name: 'terminate Postgres connections', strike: () => database.pool.query(sql) };
}

/** Requests the sandboxed providers have seen from now on: how far the work has come. */
export function countRequests({ freshbooks, gocardless }: Sandbox): () => number {
  // A rule that never strikes sees every request.
  const counters = [freshbooks, gocardless].map(({ faults }) =>
    faults.add({ kind: 'slow', path: '/', times: 0 }),
  );
  return () => counters.reduce((sum, { matched }) => sum + matched, 0);
}

/** When disturbances come. */
export interface Weather {
  readonly random: SeededRandom;
  /** Grows with the work. */
  readonly progress: () => number;
  /** Most progress between two of them. */
  readonly gapMax: number;
  /** From then on there is no work left to wait for. */
  readonly isOver: () => boolean;
}

/** Lets all of them strike, one after the other, at random moments of the work. */
export async function disturb(disturbances: readonly Disturbance[], weather: Weather): Promise<void> {
  for (const { name, strike } of weather.random.shuffled(disturbances)) {
    const moment = weather.progress() + weather.random.between(1, weather.gapMax);
    const isDue = (): boolean => weather.isOver() || weather.progress() >= moment;
    await until(`the work has come to ${name}`, isDue, 120_000);
    await strike();
  }
}
