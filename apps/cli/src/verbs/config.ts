import { describeConfig } from '@mlc/platform/config/describe-config';
import { printDocument, printList } from '../print.ts';
import type { Verb } from '../shell.ts';

/** `mlc config`: what is in effect; secrets only as set or not set. */
export const config: Verb = async (call) => {
  const lines = describeConfig(call.shell.env, call.shell.cwd);
  if (call.options.json === true) {
    const document = Object.fromEntries(lines.map(({ variable, value }) => [variable, value]));
    await printDocument(call, document, []);
    return 0;
  }
  await printList(call, lines, [
    { title: 'variable', of: ({ variable }) => variable },
    { title: 'value', of: ({ value, fallback }) => value ?? fallback.replaceAll('`', '') },
  ]);
  return 0;
};
