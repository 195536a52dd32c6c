import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@mlc/sandbox';
import { ensureBuilt } from './harness/built.ts';
import { type CommandLine, commandLine } from './harness/command-line.ts';
import { killAll, type Place } from './harness/mlc-process.ts';
import { createPlace, removePlace } from './harness/place.ts';
import { startRole, stopRole } from './harness/role.ts';
import { STATUS } from './harness/shapes.ts';
import { applyFile, type BusinessFile, openBusiness } from './harness/test-business.ts';

jest.setTimeout(120_000);

/** Contract section 2. */
const STATUS_MS_MAX = 1_500;
const TRIES = 5;
/** A command that only loads and prints, on two quiet cores. What takes longer says how busy the machine is. */
const LOADING_MS = 220;

describe('the command line on a machine with nothing but Node', () => {
  let sandbox: Sandbox;
  let place: Place;
  let cli: CommandLine;
  let file: BusinessFile;

  beforeAll(async () => {
    await ensureBuilt();
    sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0 });
    place = await createPlace(sandbox, { databaseUrl: null, queueUrl: null });
    cli = commandLine(place);
    file = openBusiness(sandbox).file;
  }, 240_000);

  afterAll(async () => {
    await killAll();
    // The embedded server outlives processes that were killed; it goes with the next one that uses it.
    await cli.run('status');
    await sandbox.close();
    await removePlace(place);
  });

  const isServerThere = (): boolean => existsSync(join(place.cwd, '.mlc/postgres/postmaster.pid'));

  test('two commands that start at once in an empty folder share one embedded Postgres, which goes with the last', async () => {
    const both = await Promise.all([cli.document('status'), cli.document('status')]);
    expect(both).toEqual([STATUS, STATUS]);
    expect(isServerThere()).toBe(false);
  });

  test.each([
    ['business', { business: 'Not A Slug' }],
    ['timezone', { timezone: 'Europe/Lundun' }],
    ['policy.noMandate', { policy: { noMandate: 'guess' } }],
    ['policy.colectFrom', { policy: { colectFrom: '2026-11-01' } }],
    ['connections.gocardless.environment', { gocardless: { environment: 'production' } }],
    ['connections.gocardless.accessToken', { gocardless: { accessToken: '' } }],
    ['connections.freshbooks.expiresAt', { freshbooks: { expiresAt: 'tomorrow' } }],
    ['connections.paypal.webhookId', { paypal: { webhookId: 'WEBHOOK_ID' } }],
  ])('a business file that is wrong in %s says so', async (field, change) => {
    const path = join(place.cwd, 'wrong.json');
    await writeFile(path, JSON.stringify(changed(file, change)));
    const { status, out, err } = await cli.run('apply', '-f', path, '--json');
    expect(status).toBe(1);
    expect(err).toContain(field);
    expect(out).toBe('');
    expect(err).not.toContain(file.connections.freshbooks.refreshToken);
  });

  test('nothing of the wrong files was applied', async () => {
    const { status, err } = await cli.run('events', 'list', '--business', file.business);
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('there is none yet') });
  });

  test.each([
    [{ QUEUE_URL: 'http://127.0.0.1:6379' }],
    [{ DATABASE_URL: 'mysql://root@127.0.0.1/mlc' }],
    [{ MLC_MAX_ATTEMPTS: 'many' }],
    [{ INGRESS_PORT: '99999' }],
    [{ MLC_VAULT_KEYS: 'k1:c2hvcnQ=' }],
    [{ MLC_SWEEP_INTERVAL: '30' }],
  ])('the environment %j stops the start and is named', async (wrong) => {
    const elsewhere = commandLine({ ...place, env: { ...place.env, ...wrong } });
    for (const { status, err } of await Promise.all([elsewhere.run('status'), elsewhere.run('worker')])) {
      expect(status).toBe(1);
      for (const [name, value] of Object.entries(wrong)) {
        expect(err).toContain(name);
        expect(err).not.toContain(value);
      }
    }
  });

  test.each([
    ['no such command'],
    ['events'],
    ['status --no-such-option'],
    ['apply'],
    ['drain --timeout soon'],
    ['worker --flows invoice-to-nowhere'],
    ['dead-letters replay'],
    ['reviews resolve R1 --note why'],
    ['reviews resolve R1 --note why --action guess'],
  ])('mlc %s is wrong usage: exit status 2, said on stderr', async (line) => {
    const { status, out, err } = await cli.run(...line.split(' '));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).not.toBe('');
  });

  test('processes and commands share the server, whoever started it and whoever goes first', async () => {
    const ingress = await startRole(place, ['ingress']);
    const applied = await applyFile(cli, place.cwd, file);
    const worker = await startRole(place, ['worker']);
    await stopRole(ingress);
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
    expect(await cli.document('status')).toEqual(STATUS);

    await worker.kill();
    expect(await applyFile(cli, place.cwd, file)).toEqual(applied);
    expect(isServerThere()).toBe(false);
  });

  test('mlc status answers within 1.5 s while mlc runs', async () => {
    const worker = await startRole(place, ['worker']);
    const took = { status: Infinity, loading: Infinity };
    for (let round = 0; round < TRIES; round += 1) {
      took.loading = Math.min(took.loading, (await cli.run('--help')).tookMs);
      took.status = Math.min(took.status, (await cli.run('status', '--json')).tookMs);
    }
    // The machine has other things to do: one undisturbed try shows what it takes.
    expect(took.status).toBeLessThan(STATUS_MS_MAX * Math.max(1, took.loading / LOADING_MS));
    await stopRole(worker);
  });
});

type Change = Readonly<Record<string, unknown>>;

/** The file with some fields changed; a provider's name stands for its connection. */
function changed(file: BusinessFile, change: Change): unknown {
  const { freshbooks, gocardless, paypal, ...top } = change as Record<string, Change | undefined>;
  const { connections } = file;
  return {
    ...file,
    ...top,
    connections: {
      freshbooks: { ...connections.freshbooks, ...freshbooks },
      gocardless: { ...connections.gocardless, ...gocardless },
      paypal: { ...connections.paypal, ...paypal },
    },
  };
}
