#!/usr/bin/env node
// The bin of this workspace: plain JavaScript, so that npm can link it before anything is built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(fileURLToPath(main))) {
  const { mlc } = await import(main.href);
  const code = await mlc(process.argv.slice(2));
  // What was printed is on its way before anything that was left open is cut.
  process.stdout.write('', () => process.exit(code));
} else {
  process.stderr.write('mlc is not built yet: run npm run build\n');
  process.exitCode = 1;
}
