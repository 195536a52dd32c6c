import type { BuildRound } from './build.ts';
import type { PostgresTraffic } from './counting-proxy.ts';
import { readProfile } from './profile.ts';
import { FLOW_KINDS, type FlowKind, TITLES } from './seeds.ts';
import type { Measured } from './stage.ts';

/** Everything measured: of the naive worker one number a round, of a build one a round and flow. */
export interface Results {
  readonly naive: readonly Measured[];
  readonly builds: ReadonlyMap<string, readonly BuildRound['measured'][]>;
  readonly traffic: ReadonlyMap<string, BuildRound['traffic']>;
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** The median of each number over the rounds. */
export function median(rounds: readonly Measured[]): Measured {
  const of = (name: keyof Measured): number => {
    const sorted = rounds.map((round) => round[name]).sort((left, right) => left - right);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle] ?? 0;
    return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  };
  return {
    jobsPerS: of('jobsPerS'),
    workerMs: of('workerMs'),
    postgresMs: of('postgresMs'),
    redisMs: of('redisMs'),
    fakesMs: of('fakesMs'),
    calls: of('calls'),
    neighbours: of('neighbours'),
  };
}

const COLUMNS = [
  'jobs/s',
  '× naive',
  '× before',
  'worker ms',
  'Postgres',
  'Redis',
  '× naive',
  'calls',
  'trips',
  'others',
];

export function printHead(): void {
  print(`${''.padEnd(46)}${COLUMNS.map((title) => title.padStart(10)).join('')}`);
}

interface Beside {
  readonly naive?: Measured | undefined;
  readonly before?: Measured | undefined;
  readonly trips?: number | undefined;
}

/** CPU in ms a job; the second "× naive" is of worker and Postgres together. */
export function printRow(title: string, measured: Measured, { naive, before, trips }: Beside = {}): void {
  const busy = ({ workerMs, postgresMs }: Measured): number => workerMs + postgresMs;
  const ratio = (value: number, of: number | undefined): string =>
    of === undefined ? '' : (value / of).toFixed(2);
  const cells = [
    measured.jobsPerS.toFixed(1),
    ratio(measured.jobsPerS, naive?.jobsPerS),
    ratio(measured.jobsPerS, before?.jobsPerS),
    measured.workerMs.toFixed(1),
    measured.postgresMs.toFixed(1),
    measured.redisMs.toFixed(1),
    ratio(busy(measured), naive === undefined ? undefined : busy(naive)),
    measured.calls.toFixed(1),
    trips === undefined ? '' : trips.toFixed(1),
    `${(measured.neighbours * 100).toFixed(0)} %`,
  ];
  print(`${title.padEnd(46)}${cells.map((cell) => cell.padStart(10)).join('')}`);
}

export function printMedians({ naive, builds, traffic }: Results, baseline: string | null): void {
  print();
  printHead();
  const naiveMedian = median(naive);
  printRow('median  naive worker', naiveMedian);
  for (const kind of [...FLOW_KINDS].reverse()) {
    const medianOf = (title: string | null): Measured | undefined => {
      const rounds = title === null ? undefined : builds.get(title);
      return rounds === undefined ? undefined : median(rounds.flatMap((round) => round.get(kind) ?? []));
    };
    for (const title of builds.keys()) {
      const measured = medianOf(title);
      const beside = {
        naive: naiveMedian,
        before: title === baseline ? undefined : medianOf(baseline),
        trips: tripsOf(traffic.get(title)?.get(kind)),
      };
      if (measured !== undefined) printRow(`median  ${TITLES[kind]}, ${title}`, measured, beside);
    }
  }
}

/** Of the flows' own work: the queue's statements are BullMQ's. */
function tripsOf(traffic: Readonly<Record<string, PostgresTraffic>> | undefined): number | undefined {
  if (traffic === undefined) return undefined;
  return (traffic['store']?.roundTrips ?? 0) + (traffic['locks']?.roundTrips ?? 0);
}

export function printTraffic(title: string, traffic: BuildRound['traffic']): void {
  for (const [kind, connections] of traffic) {
    const parts = Object.entries(connections).map(
      ([name, { roundTrips, statements }]) =>
        `${name} ${roundTrips.toFixed(1)} (${statements.toFixed(1)} statements)`,
    );
    print(`Postgres round trips a job, ${title}, ${TITLES[kind]}: ${parts.join(', ')}`);
  }
}

const PACKAGES_SHOWN = 24;
const FUNCTIONS_SHOWN = 40;

/** Profiles in the order of the flows. */
export function printProfiles(to: string): void {
  for (const [index, kind] of FLOW_KINDS.entries()) printProfile(kind, `${to}-${index}.cpuprofile`);
}

function printProfile(kind: FlowKind, file: string): void {
  const { totalMs, packages, functions } = readProfile(file);
  print(`\n${TITLES[kind]}: ${totalMs.toFixed(0)} ms of the worker, in ${file}`);
  const share = (ms: number): string => `${((ms / totalMs) * 100).toFixed(1)} %`.padStart(8);
  for (const [name, ms] of packages.slice(0, PACKAGES_SHOWN)) print(`${share(ms)}  ${name}`);
  print('  the longest functions');
  for (const [name, ms] of functions.slice(0, FUNCTIONS_SHOWN)) print(`${share(ms)}  ${name}`);
}
