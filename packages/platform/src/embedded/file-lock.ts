import { randomUUID } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createOnce } from '../files/own-file.ts';
import { startOfProcess } from './process-identity.ts';

interface Holder {
  readonly pid: number;
  readonly start: string | null;
  /** Names this taking of the lock, so that nobody ever removes a later one by mistake. */
  readonly nonce: string;
}

const POLL_MS = 50;
/** Longer than the first initialisation of a cluster on a slow disk. */
const WAIT_LIMIT_MS = 120_000;

/**
 * Runs `work` while no other process runs work under the same lock file. The lock of a process that died is taken over.
 * @throws when a living process holds it for more than two minutes.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const holder = await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
    await removeClaims(path, holder.nonce);
  }
}

async function take(path: string): Promise<Holder> {
  const mine: Holder = { pid: process.pid, start: await startOfProcess(process.pid), nonce: randomUUID() };
  for (let waitedMs = 0; waitedMs < WAIT_LIMIT_MS; waitedMs += POLL_MS) {
    if (await createOnce(path, JSON.stringify(mine))) return mine;
    const holder = await read(path);
    if (holder !== null && !(await isAlive(holder)) && (await removeStale(path, holder, mine))) continue;
    await wait(POLL_MS);
  }
  const holder = await read(path);
  throw new Error(
    `process ${holder?.pid ?? 'unknown'} holds ${path} for more than two minutes; end it and try again`,
  );
}

async function read(path: string): Promise<Holder | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Holder);
}

async function isAlive(holder: Holder): Promise<boolean> {
  const start = await startOfProcess(holder.pid);
  return start !== null && start === holder.start;
}

/**
 * Removes the lock of a dead holder. Of several that saw it only the one that creates the claim file does so; were that
 * one to die in between, the next claim number is free. The claim is checked against the lock once more because it may
 * have been won after everything was over.
 */
async function removeStale(path: string, dead: Holder, mine: Holder): Promise<boolean> {
  for (let turn = 0; ; turn += 1) {
    const claim = `${path}.${dead.nonce}.${turn}`;
    if (await createOnce(claim, JSON.stringify(mine))) {
      const current = await read(path);
      if (current?.nonce === dead.nonce) await rm(path, { force: true });
      return true;
    }
    const claimant = await read(claim);
    if (claimant === null || (await isAlive(claimant))) return false;
  }
}

/** Claims on earlier locks have done their work; nobody holds the lock they were about. */
async function removeClaims(path: string, nonce: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    const isClaim = /\.\d+$/.test(name) && name.startsWith(prefix) && !name.includes(nonce);
    if (isClaim) await rm(join(folder, name), { force: true });
  }
}
