import { type Ended, type Place, startMlc } from './mlc-process.ts';

/** The command line at one place. */
export interface CommandLine {
  /** Runs one command to its end, whatever its exit status. */
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  /** The document a command prints with --json. Throws unless it ended with 0. */
  readonly document: <T = Record<string, unknown>>(...args: readonly string[]) => Promise<T>;
  /** The same for commands that print one object per line. */
  readonly list: <T = Record<string, unknown>>(...args: readonly string[]) => Promise<T[]>;
}

/** `mlc` as a script uses it. */
export function commandLine(place: Place): CommandLine {
  const run = (...args: readonly string[]): Promise<Ended> => startMlc(place, args).ended;
  const output = async (args: readonly string[]): Promise<string> => {
    const { status, out, err } = await run(...args, '--json');
    if (status !== 0) throw new Error(`mlc ${args.join(' ')} ended with ${String(status)}: ${err}`);
    return out;
  };
  return {
    run,
    document: async <T>(...args: readonly string[]) => JSON.parse(await output(args)) as T,
    list: async <T>(...args: readonly string[]) => {
      const lines = (await output(args)).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as T);
    },
  };
}
