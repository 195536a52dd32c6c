import { openDatabase } from '@mlc/platform';
import { startTestEngine } from './flow-engine.ts';

// A worker process of its own, for tests that kill it. Arguments: database URL, Redis URL or '', ms each run takes.
// Prints `took <event id>` as a run begins.
const [, , databaseUrl = '', redisUrl = '', runMs = '0'] = process.argv;

await startTestEngine({
  database: openDatabase(databaseUrl),
  redisUrl: redisUrl === '' ? null : redisUrl,
  concurrency: 5,
  run: async (_context, { id }) => {
    process.stdout.write(`took ${id}\n`);
    await new Promise((resolve) => setTimeout(resolve, Number(runMs)));
    return { state: 'done', reason: 'all well', effects: [] };
  },
});
process.stdout.write('ready\n');
