import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Whether tests can have hledger (Debian's package). With `CI=true` a machine without it is an error; elsewhere it is said
 * loudly and its tests are left out.
 */
export function hledgerAvailable(): boolean {
  if (spawnSync('hledger', ['--version']).status === 0) return true;
  const message = 'no hledger on PATH: the tests of the journal';
  if (process.env['CI'] === 'true') throw new Error(`${message} cannot run`);
  process.stderr.write(`\n*** ${message} ARE LEFT OUT ***\n`);
  return false;
}

/** Runs hledger on a journal and returns what it prints. @throws with its own words when it refuses the journal. */
export function hledger(journal: string, ...args: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'mlc-hledger-'));
  try {
    const path = join(dir, 'month.journal');
    writeFileSync(path, journal);
    const ran = spawnSync('hledger', ['-f', path, ...args], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, LANG: 'C.UTF-8' },
    });
    if (ran.status !== 0) throw new Error(`hledger ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `hledger balance` as minor units by `account currency`, zeros left out: `assets:bank GBP` → 1234. */
export function hledgerBalances(journal: string): ReadonlyMap<string, bigint> {
  const lines = hledger(journal, 'balance', '--flat', '--no-total', '--layout=bare', '-O', 'csv')
    .split('\n')
    .slice(1);
  const balances = new Map<string, bigint>();
  for (const line of lines) {
    const [account, currency, amount] = line.split(',').map((cell) => cell.replaceAll('"', ''));
    if (account === undefined || currency === undefined || amount === undefined) continue;
    const minor = BigInt(amount.replace('.', ''));
    if (minor !== 0n) balances.set(`${account} ${currency}`, minor);
  }
  return balances;
}
