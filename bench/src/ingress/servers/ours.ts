import { listenIngress } from '@mlc/ingress';
import { openDatabase } from '@mlc/platform/postgres/database';
import { createLog } from '@mlc/platform/logging/create-log';
import { createMetrics } from '@mlc/platform/metrics/create-metrics';
import { openVault } from '@mlc/platform/vault/vault';
import { VAULT_KEY } from '../prepare-database.ts';
import { tellPort } from './listening.ts';

/** The ingress as `mlc ingress` runs it. The database's address is the first argument. */
const runtime = {
  log: createLog({ level: 'warn', format: 'json' }),
  database: openDatabase(process.argv[2] ?? ''),
  vault: openVault([VAULT_KEY]),
  metrics: createMetrics('ingress'),
};
const { port } = await listenIngress(runtime, { host: '127.0.0.1', port: 0 });
tellPort(port);
