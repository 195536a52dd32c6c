import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Log } from '@mlc/core';
import { SMTPServer } from 'smtp-server';
import { openNotices } from './open-notices.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

const received: Received[] = [];
const lines: unknown[] = [];
const write = (message: string, fields?: unknown) => void lines.push([message, fields]);
const log: Log = { error: write, warn: write, info: write, debug: write };
let server: SMTPServer;
let port: number;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      password === 'hunter2' ? done(null, { user: username }) : done(new Error('no')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.server.address() as AddressInfo).port;
});

afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

beforeEach(() => {
  received.length = 0;
  lines.length = 0;
});

const open = (password = 'hunter2') =>
  openNotices({ smtpUrl: `smtp://mlc:${password}@127.0.0.1:${port}`, from: 'mlc@acme.test' }, log);

test('a notice arrives at every address of the finance team', async () => {
  const notices = open();
  const to = ['finance@acme.test', 'cfo@acme.test'];
  await notices.send({ to, subject: 'Review: no mandate', text: 'Invoice 0001 has no mandate.' });
  notices.close();
  expect(received).toMatchObject([{ from: 'mlc@acme.test', to }]);
  expect(received[0]?.text).toMatch(/^Subject: Review: no mandate\r$/m);
  expect(received[0]?.text).toContain('Invoice 0001 has no mandate.');
});

test('a subject cannot smuggle in a header', async () => {
  const notices = open();
  await notices.send({ to: ['a@acme.test'], subject: 'x\r\nBcc: b@evil.test', text: '' });
  notices.close();
  expect(received[0]?.to).toEqual(['a@acme.test']);
  expect(received[0]?.text).not.toMatch(/^Bcc:/m);
});

test('a mail server that refuses makes send reject', async () => {
  const notices = open('wrong');
  await expect(notices.send({ to: ['a@acme.test'], subject: 'x', text: '' })).rejects.toThrow();
  notices.close();
});

test('nobody to write to: nothing is sent', async () => {
  const notices = open();
  await notices.send({ to: [], subject: 'x', text: '' });
  notices.close();
  expect(received).toEqual([]);
});

test('without a mail server notices are logged', async () => {
  const notices = openNotices({ smtpUrl: null, from: 'finance@acme.test' }, log);
  const notice = { to: ['a@acme.test'], subject: 'x', text: 'y' };
  await notices.send(notice);
  notices.close();
  expect(lines).toEqual([['notice', notice]]);
});
