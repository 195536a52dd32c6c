#!/usr/bin/env node
// The bin of this workspace: plain JavaScript, so that npm can link it before anything is built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// What a role loads at its start lives for ever: a young generation that grows meanwhile would stay 30 MiB larger than what an
// idle process needs. It may grow once the role has started (run-role.ts).
const ROLES = ['start', 'ingress', 'worker', 'console', 'sandbox'];
if (ROLES.includes(process.argv[2])) setFlagsFromString('--semi-space-growth-factor=1');

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
