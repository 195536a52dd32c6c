import { explain } from './explain.ts';
import { buildProgram } from './program.ts';
import { processShell, type Shell } from './shell.ts';

/** Runs one command line (without node and script); resolves to the exit status and never rejects. */
export async function mlc(argv: readonly string[], shell: Shell = processShell()): Promise<number> {
  let status = 0;
  const program = buildProgram(shell, (code) => {
    status = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    const explained = explain(error);
    shell.err(explained.text);
    return explained.status;
  }
}
