import { migrate } from '@mlc/platform/postgres/migrate';
import { areRedisUrls, migrateQueue } from '@mlc/platform/queue/backend';
import { openServer } from '@mlc/platform/lifecycle/open-stores';
import { printDocument } from '../print.ts';
import type { Verb } from '../shell.ts';
import { configOf } from '../stores.ts';

/** `mlc migrate`: the schema, and BullMQ's tables when the queue lives in Postgres. Safe to run several at once. */
export const migrateVerb: Verb = async (call) => {
  const config = configOf(call);
  const server = await openServer(config);
  try {
    const applied = await migrate(server.url, undefined, (warning) => call.shell.err(`notice: ${warning}\n`));
    const [queueUrl] = config.queueUrls ?? [];
    if (config.queueUrls === null || !areRedisUrls(config.queueUrls))
      await migrateQueue(queueUrl ?? server.url);
    const lines =
      applied.length === 0 ? ['the schema is up to date'] : applied.map((name) => `applied ${name}`);
    await printDocument(call, { applied }, lines);
    return 0;
  } finally {
    await server.release();
  }
};
