import { parseArgs } from 'node:util';

/** What the bench compares with when nothing else is named: the house before its worker was tuned. */
const BASELINE = '06ffe70';

/** What one run of the bench is to do. */
export interface Options {
  readonly queue: 'redis' | 'postgres';
  /** Worker processes of each contestant. */
  readonly workers: number;
  /** Jobs of each flow in a round, a multiple of the businesses. */
  readonly jobs: number;
  readonly rounds: number;
  readonly profile: boolean;
  /** Commit whose build runs beside; null: none. */
  readonly baseline: string | null;
}

/** @throws when an option is not known or not a number. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      queue: { type: 'string', default: 'redis' },
      workers: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '480' },
      rounds: { type: 'string', default: '3' },
      profile: { type: 'boolean', default: false },
      baseline: { type: 'string', default: BASELINE },
      'without-baseline': { type: 'boolean', default: false },
    },
  });
  if (values.queue !== 'redis' && values.queue !== 'postgres') throw new Error('--queue redis or postgres');
  return {
    queue: values.queue,
    workers: whole('workers', values.workers),
    jobs: whole('jobs', values.jobs),
    rounds: whole('rounds', values.rounds),
    profile: values.profile,
    baseline: values['without-baseline'] ? null : values.baseline,
  };
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${name} takes a whole number from 1 on`);
  return Number(text);
}
