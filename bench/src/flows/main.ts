import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, startRedis } from '../ingress/stores.ts';
import { buildOf, HERE } from './baseline.ts';
import { type Build, type BuildRound, buildRound, prepareBuild } from './build.ts';
import { naiveRound } from './naive.ts';
import { type Options, readOptions } from './options.ts';
import { LOG, startFakes } from './processes.ts';
import {
  print,
  printHead,
  printMedians,
  printProfiles,
  printRow,
  printTraffic,
  type Results,
} from './report.ts';
import { BUSINESSES, TITLES } from './seeds.ts';
import { type Measured, postmasterOf, type Stage } from './stage.ts';

async function contestants(stage: Stage): Promise<readonly Build[]> {
  const { baseline } = stage.options;
  const before = baseline === null ? [] : [await prepareBuild(stage, baseline, await buildOf(baseline))];
  return [...before, await prepareBuild(stage, 'this build', HERE)];
}

/** Everybody once a round, so that whatever else the machine does meets all of them. */
async function compare(stage: Stage): Promise<void> {
  const builds = await contestants(stage);
  const naive: Measured[] = [];
  const rounds = new Map<string, BuildRound['measured'][]>(builds.map(({ title }) => [title, []]));
  printHead();
  for (let round = 1; round <= stage.options.rounds; round += 1) {
    const unaided = await naiveRound(stage);
    naive.push(unaided);
    printRow(`round ${round} naive worker`, unaided);
    for (const build of builds) {
      const { measured } = await buildRound(stage, build);
      rounds.get(build.title)?.push(measured);
      for (const [kind, one] of measured) printRow(`round ${round} ${TITLES[kind]}, ${build.title}`, one);
    }
  }
  const traffic = new Map<string, BuildRound['traffic']>();
  for (const build of builds)
    traffic.set(build.title, (await buildRound(stage, build, { counting: true })).traffic);
  report(stage.options, { naive, builds: rounds, traffic });
  const ours = builds.at(-1);
  if (stage.options.profile && ours !== undefined) await profile(stage, ours);
}

function report({ baseline }: Options, results: Results): void {
  printMedians(results, baseline);
  print();
  for (const [title, traffic] of results.traffic) printTraffic(title, traffic);
}

async function profile(stage: Stage, build: Build): Promise<void> {
  const to = join(await mkdtemp(join(tmpdir(), 'mlc-bench-profile-')), 'worker');
  await buildRound(stage, build, { profileTo: to });
  printProfiles(to);
}

async function main(options: Options): Promise<void> {
  const load = loadavg().map((average) => average.toFixed(2));
  print(
    `${options.jobs} jobs a flow of ${BUSINESSES} businesses, ${options.workers} worker(s), queue in ${options.queue}, load before ${load.join(' ')}`,
  );
  const folder = await mkdtemp(join(tmpdir(), 'mlc-bench-flows-'));
  await chmod(folder, 0o755);
  const postgres = await startPostgres();
  const redis = options.queue === 'redis' ? await startRedis() : null;
  if (options.queue === 'redis' && redis === null)
    throw new Error('no redis-server or valkey-server on PATH');
  const fakes = await startFakes();
  let isDone = false;
  try {
    await compare({ options, postgres, postmaster: await postmasterOf(postgres.url), redis, fakes, folder });
    isDone = true;
  } finally {
    await fakes.stop();
    await redis?.stop();
    await postgres.stop();
    if (isDone) await rm(folder, { recursive: true, force: true });
    else print(`what the workers logged: ${join(folder, LOG)}`);
  }
}

await main(readOptions(process.argv.slice(2)));
// Said outright: the Postgres' own hook on the exit forgets process.exitCode.
process.exit(0);
