import { describe, expect, test } from '@jest/globals';
import { ConfigError } from './config-error.ts';
import { describeConfig } from './describe-config.ts';
import { readConfig } from './read-config.ts';

const NOWHERE = '/nonexistent-folder';
const KEY = Buffer.alloc(32, 7).toString('base64');

function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    readConfig(env, NOWHERE);
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.problems.map(({ variable, message }) => [variable, message]));
  }
  return {};
}

test('with nothing set every default of the contract applies', () => {
  const config = readConfig({}, NOWHERE);
  expect(config).toMatchObject({
    dataDir: `${NOWHERE}/.mlc`,
    databaseUrl: null,
    queueUrls: null,
    vaultKeys: null,
    publicUrl: 'http://127.0.0.1:4000',
    ports: { ingress: 4000, console: 4001, worker: 4002 },
    retry: { backoffBaseMs: 1_000, backoffCapMs: 900_000, maxAttempts: 12, settleDelayMs: 20_000 },
    sweepIntervalMs: 30_000,
    pollIntervalMs: 900_000,
  });
});

test('an empty value counts as unset', () => {
  expect(readConfig({ DATABASE_URL: '', INGRESS_PORT: ' ' }, NOWHERE)).toMatchObject({
    databaseUrl: null,
    ports: { ingress: 4000 },
  });
});

test('a trailing slash is taken off a base address', () => {
  expect(readConfig({ MLC_PUBLIC_URL: 'https://hooks.example/mlc/' }, NOWHERE).publicUrl).toBe(
    'https://hooks.example/mlc',
  );
});

test('every problem is named at once', () => {
  const problems = problemsOf({
    INGRESS_PORT: '4000x',
    DATABASE_URL: 'mysql://h/db',
    MLC_VAULT_KEYS: 'k:short',
  });
  expect(Object.keys(problems).sort()).toEqual(['DATABASE_URL', 'INGRESS_PORT', 'MLC_VAULT_KEYS']);
});

describe('a value is refused with a reason', () => {
  test.each([
    ['INGRESS_PORT', '70000', 'whole number from 0 to 65535'],
    ['INGRESS_PORT', '-1', 'whole number'],
    ['MLC_MAX_ATTEMPTS', '0', 'from 1 to 1000'],
    ['MLC_POLL_INTERVAL_S', '9.5', 'whole number'],
    ['DATABASE_URL', 'localhost', 'postgres://user:password@host'],
    ['QUEUE_URL', 'redis://a,postgres://b/c', 'cluster nodes'],
    ['QUEUE_URL', 'http://a', 'redis://'],
    ['MLC_PUBLIC_URL', 'ftp://a', 'http:// or https://'],
    ['MLC_PUBLIC_URL', 'https://a/?b=c', 'without query'],
    ['LOG_LEVEL', 'loud', 'error, warn, info or debug'],
    ['MLC_ADMIN_TOKEN', 'with a space', 'without spaces'],
    ['SMTP_URL', 'mail.example', 'smtp://'],
    ['MLC_VAULT_KEYS', `a:${KEY},a:${KEY}`, 'twice'],
    ['MLC_VAULT_KEYS', KEY, 'id:base64key'],
    ['PAYPAL_CERT_CA_FILE', '/nowhere.pem', 'does not exist'],
    ['MLC_DATABASE', 'x', 'no such setting'],
    ['MLC_SWEEP_INTERVALL_S', '3', 'did you mean MLC_SWEEP_INTERVAL_S?'],
  ])('%s=%s', (variable, value, reason) => {
    expect(problemsOf({ [variable]: value })[variable]).toContain(reason);
  });

  test('a mail server without a sender uses the usual one', () => {
    expect(problemsOf({ SMTP_URL: 'smtp://mail.example' })).toEqual({});
  });

  test('a FreshBooks app without its secret', () => {
    expect(problemsOf({ FRESHBOOKS_CLIENT_ID: 'id' })['FRESHBOOKS_CLIENT_SECRET']).toContain('must be set');
  });

  test('a cap below the base is just a lower ceiling', () => {
    expect(problemsOf({ MLC_BACKOFF_BASE_MS: '10', MLC_BACKOFF_CAP_MS: '5' })).toEqual({});
  });
});

test('no message repeats the value it complains about', () => {
  const secret = 'verysecretvalue';
  const env = {
    MLC_VAULT_KEYS: secret,
    DATABASE_URL: secret,
    MLC_ADMIN_TOKEN: `${secret} x`,
    SMTP_URL: secret,
  };
  expect(JSON.stringify(problemsOf(env))).not.toContain(secret);
});

test('mlc config shows secrets as set and blanks passwords', () => {
  const lines = describeConfig(
    {
      DATABASE_URL: 'postgres://u:hunter2@h/db',
      QUEUE_URL: 'redis://:hunter2@a:1,redis://:hunter2@b:2',
      MLC_VAULT_KEYS: `k1:${KEY}`,
      FRESHBOOKS_CLIENT_ID: 'app',
      FRESHBOOKS_CLIENT_SECRET: 'hunter2',
    },
    NOWHERE,
  );
  const text = JSON.stringify(lines);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain(KEY);
  const valueOf = (name: string) => lines.find((line) => line.variable === name)?.value;
  expect(valueOf('MLC_VAULT_KEYS')).toBe('set');
  expect(valueOf('DATABASE_URL')).toBe('postgres://u:***@h/db');
  expect(valueOf('QUEUE_URL')).toBe('redis://:***@a:1,redis://:***@b:2');
  expect(valueOf('MLC_ADMIN_TOKEN')).toBe('not set');
  expect(valueOf('SMTP_URL')).toBeNull();
});
