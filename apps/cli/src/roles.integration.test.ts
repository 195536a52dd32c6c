import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { mlc } from './main.ts';

jest.setTimeout(90_000);

let cwd: string;
let ending: Promise<number> | undefined;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mlc-roles-'));
  // As root the embedded server runs as somebody else, who has to get through.
  await chmod(cwd, 0o755);
});

afterAll(() => rm(cwd, { recursive: true, force: true }));

afterEach(async () => {
  if (ending !== undefined) process.emit('SIGTERM');
  await ending;
  ending = undefined;
});

const ANY_PORT = {
  INGRESS_PORT: '0',
  CONSOLE_PORT: '0',
  WORKER_PORT: '0',
  SANDBOX_FRESHBOOKS_PORT: '0',
  SANDBOX_GOCARDLESS_PORT: '0',
  SANDBOX_PAYPAL_PORT: '0',
  LOG_LEVEL: 'error',
};

interface Started {
  readonly status: Promise<number>;
  /** Resolves when the text turned up on stderr. */
  said(text: string): Promise<void>;
}

function start(args: readonly string[], env: Record<string, string> = {}): Started {
  let err = '';
  const waiting = new Set<() => void>();
  const status = mlc(args, {
    out: () => Promise.resolve(),
    err: (text) => {
      err += text;
      for (const look of waiting) look();
    },
    isWatched: false,
    env: { ...ANY_PORT, ...env },
    cwd,
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (err.includes(text)) resolve();
      };
      waiting.add(look);
      look();
      void status.then(() => reject(new Error(`ended before "${text}": ${err}`)));
    });
  return { status, said };
}

async function out(args: readonly string[]): Promise<unknown> {
  let text = '';
  const write = (part: string) => Promise.resolve(void (text += part));
  await mlc([...args, '--json'], { out: write, err: () => undefined, isWatched: false, env: ANY_PORT, cwd });
  return JSON.parse(text) as unknown;
}

test('mlc start runs everything on an empty machine; commands beside it share its Postgres; SIGTERM ends it with 0', async () => {
  const started = start(['start']);
  ending = started.status;
  await started.said('ml-connector runs');
  const token = (await readFile(join(cwd, '.mlc', 'admin-token'), 'utf8')).trim();
  await started.said(token);
  expect(await out(['status'])).toMatchObject({ ready: true, events: { stored: 0 } });
  process.emit('SIGTERM');
  expect(await started.status).toBe(0);
  ending = undefined;

  // The server went with its last user, and comes back for the length of a command.
  await expect(readFile(join(cwd, '.mlc', 'postgres', 'postmaster.pid'))).rejects.toThrow(/ENOENT/);
  expect(await out(['status'])).toMatchObject({ ready: true });
});

test('a role that cannot start gives everything back and says why', async () => {
  const first = start(['start'], { CONSOLE_PORT: '0' });
  ending = first.status;
  await first.said('ml-connector runs');
  const { createServer } = await import('node:net');
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = start(['console'], { CONSOLE_PORT: String(port) });
  await second.said('the port is taken');
  expect(await second.status).toBe(1);
  blocker.close();
});

test.each([['ingress'], ['worker'], ['console'], ['sandbox']])(
  'mlc %s ends with 0 on SIGTERM',
  async (role) => {
    const before = process.listenerCount('SIGTERM');
    const started = start([role]);
    ending = started.status;
    const ended = started.status.then(() => true);
    while (process.listenerCount('SIGTERM') === before) {
      if (await Promise.race([ended, new Promise((resolve) => setImmediate(resolve, false))])) break;
    }
    process.emit('SIGINT');
    expect(await started.status).toBe(0);
    ending = undefined;
  },
);
