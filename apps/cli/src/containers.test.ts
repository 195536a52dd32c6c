import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { FLOWS } from '@mlc/flows';
import { readConfig } from '@mlc/platform/config/read-config';
import { VARIABLES } from '@mlc/platform/config/variables';
import { parse } from 'yaml';
import { buildProgram } from './program.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, 'utf8');

const compose = parse(read('docker-compose.yml'), { merge: true }) as ComposeFile;
const ours = Object.entries(compose.services).filter(([, { image }]) => image === 'ml-connector');
const dockerfile = read('deploy/Dockerfile');

const HEALTH_PORTS: Readonly<Record<string, number>> = { ingress: 4000, console: 4001, worker: 4002 };

/** What the containers get: `given` fills the placeholders, what is not given stays empty. */
function environmentOf({ environment = {} }: Service, given: Record<string, string>): Record<string, string> {
  const filled = Object.entries(environment).map(([name, value]) => [
    name,
    (value ?? `\${${name}:-}`).replaceAll(
      /\$\{(\w+)[^}]*\}/g,
      (_whole, variable: string) => given[variable] ?? '',
    ),
  ]);
  return Object.fromEntries(filled) as Record<string, string>;
}

const GIVEN = {
  POSTGRES_PASSWORD: 'sesame',
  MLC_VAULT_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  MLC_ADMIN_TOKEN: 'a-token-long-enough',
};

describe.each(ours)('service %s', (name, service) => {
  const [role = '', ...options] = service.command ?? [];

  test('runs a role and flows that exist', () => {
    const program = buildProgram(
      { out: () => Promise.resolve(), err: () => undefined, isWatched: false },
      () => undefined,
    );
    expect(program.commands.map((command) => command.name())).toContain(role);
    if (role !== 'worker') return;
    const [option, flow = ''] = options;
    expect(option).toBe('--flows');
    expect(FLOWS.map((each) => each.name)).toContain(flow);
    expect(name).toBe(`worker-${flow}`);
  });

  test('gets settings that exist and can be read, the unset ones being empty', () => {
    const known = Object.keys(VARIABLES);
    expect(Object.keys(service.environment ?? {}).filter((variable) => !known.includes(variable))).toEqual(
      [],
    );
    const config = readConfig(environmentOf(service, GIVEN), '/nonexistent-folder');
    expect(config).toMatchObject({
      databaseUrl: 'postgres://mlc:sesame@postgres:5432/mlc',
      queueUrls: ['redis://redis:6379'],
      listenHost: '0.0.0.0',
      publicUrl: 'http://127.0.0.1:4000',
      freshbooks: { clientId: null },
      mail: { smtpUrl: null },
      ports: HEALTH_PORTS,
    });
  });

  test('waits for services that exist, and stops in its time', () => {
    const services = Object.keys(compose.services);
    expect(Object.keys(service.depends_on ?? {}).filter((each) => !services.includes(each))).toEqual([]);
    expect(parseInt(service.stop_grace_period ?? '10s', 10)).toBeGreaterThan(25);
  });

  test('is asked for its health where it listens', () => {
    const port = HEALTH_PORTS[role];
    const asked = service.healthcheck?.test.join(' ');
    if (port === undefined) expect(role).toBe('migrate');
    else expect(asked).toContain(`http://127.0.0.1:${port}/readyz`);
    for (const published of service.ports ?? [])
      expect(published).toBe(`127.0.0.1:${port ?? ''}:${port ?? ''}`);
  });
});

test('there is one worker service per flow', () => {
  const workers = ours.map(([name]) => name).filter((name) => name.startsWith('worker-'));
  expect(workers.sort()).toEqual(FLOWS.map(({ name }) => `worker-${name}`).sort());
});

test('every volume in use is declared', () => {
  const used = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes);
  const declared = Object.keys(compose.volumes);
  expect(used.map((volume) => volume.split(':')[0]).sort()).toEqual(declared.sort());
});

test('Redis keeps what it has and forgets nothing', () => {
  const command = compose.services['redis']?.command?.join(' ');
  expect(command).toContain('--appendonly yes');
  expect(command).toContain('--maxmemory-policy noeviction');
});

test('the image runs a program that exists, on every address, not as root', () => {
  const [, entry = ''] = /^ENTRYPOINT \["node", "(.+)"\]$/m.exec(dockerfile) ?? [];
  expect(existsSync(ROOT + entry)).toBe(true);
  expect(dockerfile.split('\nFROM ').at(-1)).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^ENV .*MLC_LISTEN_HOST=0\.0\.0\.0/m);
});
