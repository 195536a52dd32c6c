import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from './free-port.ts';

/** What Linux hands out by itself begins here. */
const FIRST_OF_THE_SYSTEM = 32_768;

test('no port is given twice, taken, or one the system may give to somebody else', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) expect(port).toBeLessThan(FIRST_OF_THE_SYSTEM);
  const next = Math.max(...ports) + 1;
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(next, '127.0.0.1', resolve));
  expect(await freePort()).not.toBe(next);
  await new Promise((resolve) => taken.close(resolve));
});
