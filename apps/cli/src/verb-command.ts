import { type Command, InvalidArgumentError } from 'commander';
import { FLOW_NAMES, type FlowName } from '@mlc/core';
import type { Call, CommonOptions, Shell, Verb } from './shell.ts';

/** Where finished verbs report their exit status. */
export type Report = (status: number) => void;

/** What every verb is built with. */
export interface Tree {
  readonly shell: Shell;
  readonly report: Report;
}

/** A group of verbs (`events list`); named alone it explains itself as wrong usage. */
export function group(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .action((_options: unknown, command: Command) => command.help({ error: true }));
}

/** A verb; what does the work is loaded when it is called, so that every call starts fast. */
export function verb<Options extends object>(
  tree: Tree,
  command: Command,
  description: string,
  load: () => Promise<Verb<Options>>,
): Command {
  return command
    .description(description)
    .option('--json', 'print JSON for scripts')
    .option('--business <slug>', 'the business, by its short name')
    .action(async () => {
      // Of a verb below a verb (`console setup-link`) the outer one reads what both take.
      const options = command.optsWithGlobals<Options & CommonOptions>();
      const args = command.processedArgs.filter((arg): arg is string => typeof arg === 'string');
      const call: Call<Options> = { shell: tree.shell, args, options };
      const run = await load();
      tree.report(await run(call));
    });
}

/** An option's value: whole seconds. */
export function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of seconds.');
}

/** An option's value: a number of things. */
export function count(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

/** An option's value: names of flows, comma-separated. */
export function flows(text: string): FlowName[] {
  return text.split(',').map((part) => {
    const flow = FLOW_NAMES.find((name) => name === part.trim());
    if (flow === undefined) throw new InvalidArgumentError(`Flows are: ${FLOW_NAMES.join(', ')}.`);
    return flow;
  });
}
