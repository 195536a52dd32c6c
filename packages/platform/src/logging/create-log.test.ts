import { Writable } from 'node:stream';
import { beforeEach, expect, test } from '@jest/globals';
import { ConnectorError } from '@mlc/core';
import { createLog } from './create-log.ts';
import { knownSecrets } from './known-secrets.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
});

const stream = () =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });

test('a JSON line carries time, level, message and fields', () => {
  createLog({ level: 'info', format: 'json' }, { stream: stream(), base: { role: 'worker' } }).info(
    'flow.done',
    {
      amountMinor: 1999n,
      at: new Date(0),
    },
  );
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    message: 'flow.done',
    role: 'worker',
    amountMinor: '1999',
  });
});

test('what is below the level is not written', () => {
  const log = createLog({ level: 'warn', format: 'json' }, { stream: stream() });
  log.info('quiet');
  log.warn('loud');
  expect(lines).toHaveLength(1);
});

test('credentials are blanked by the name of their field, at any depth', () => {
  createLog({ level: 'info', format: 'pretty' }, { stream: stream() }).info('x', {
    accessToken: 'tok-1234567',
    nested: { list: [{ client_secret: 'sec-1234567', tokenPresent: true }] },
    headers: { Authorization: 'Bearer abcdefgh' },
  });
  expect(lines.join()).not.toMatch(/tok-1234567|sec-1234567|abcdefgh/);
});

test('known values are blanked wherever they turn up', () => {
  const known = knownSecrets();
  known.add('{"accessToken":"tok-1234567","list":["inner-secret"]}');
  known.add('plain-secret');
  createLog({ level: 'info', format: 'json' }, { stream: stream(), known }).error('failed with tok-1234567', {
    error: new Error('GET /x?key=plain-secret', { cause: 'inner-secret' }),
  });
  expect(lines.join()).not.toMatch(/tok-1234567|plain-secret|inner-secret/);
  expect(lines.join()).toContain('[redacted]');
});

test('bodies of a failed call stay out', () => {
  const error = new ConnectorError({
    kind: 'rejected',
    provider: 'freshbooks',
    operation: 'createPayment',
    message: 'refused',
    request: 'POST /x {"name":"A Person"}',
    response: '{"name":"A Person"}',
  });
  createLog({ level: 'info', format: 'json' }, { stream: stream() }).error('flow.failed', { error });
  expect(lines.join()).not.toContain('A Person');
  expect(lines.join()).toContain('createPayment');
});

test('a circle does not stop the log', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  createLog({ level: 'info', format: 'json' }, { stream: stream() }).info('x', { circle });
  expect(lines[0]).toContain('[deeper]');
});

test('remembering many values keeps the newest', () => {
  const known = knownSecrets();
  for (let index = 0; index < 600; index += 1) known.add(`secret-${String(index).padStart(4, '0')}`);
  expect(known.blank('secret-0000 secret-0599')).toBe('secret-0000 [redacted]');
});
