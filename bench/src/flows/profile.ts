import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './stage.ts';

/** What makes a worker write CPU profiles to `<to>-0.cpuprofile`, `<to>-1.cpuprofile` … */
export function profilingEnv(to: string): NodeJS.ProcessEnv {
  const module = fileURLToPath(new URL('profile-window.js', import.meta.url));
  return { NODE_OPTIONS: `--import=${module}`, BENCH_PROFILE_TO: to };
}

/** Work seen by the worker's `index`-th CPU profile. */
export async function profiled<T>(
  worker: ChildProcess,
  { to, index }: { to: string; index: number },
  work: () => Promise<T>,
): Promise<T> {
  const signal = async (file: string): Promise<void> => {
    worker.kill('SIGUSR2');
    await until(file, () => Promise.resolve(existsSync(file)), 60_000);
  };
  await signal(`${to}-${index}.on`);
  const result = await work();
  await signal(`${to}-${index}.cpuprofile`);
  return result;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Self time by package or by function, in ms, longest first; idle time left out. */
export interface SelfTimes {
  readonly totalMs: number;
  readonly packages: readonly (readonly [name: string, ms: number])[];
  readonly functions: readonly (readonly [name: string, ms: number])[];
}

export function readProfile(file: string): SelfTimes {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let totalMs = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    const ms = (timeDeltas[index] ?? 0) / 1_000;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    totalMs += ms;
    const of = packageOf(frame);
    packages.set(of, (packages.get(of) ?? 0) + ms);
    const name = `${frame.functionName || '(anonymous)'} ${of}:${frame.url.split('/').at(-1) ?? ''}:${frame.lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + ms);
  }
  return { totalMs, packages: longest(packages), functions: longest(functions) };
}

function longest(times: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...times].sort(([, left], [, right]) => right - left);
}

/** An npm package, one of ours with its first folder, a module of Node's, or what V8 does itself. */
function packageOf({ url, functionName }: ProfileNode['callFrame']): string {
  const npm = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (npm !== undefined) return npm;
  const own = /\/((?:packages|apps)\/[^/]+)\/dist\/([^/]+)(\/[^/]+)?/.exec(url);
  if (own !== null) return `${own[1] ?? ''}/${own[2] ?? ''}`;
  if (url.startsWith('node:')) return url;
  return functionName.startsWith('(') ? functionName : 'native code';
}
