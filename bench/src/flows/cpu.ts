import { readdirSync, readFileSync } from 'node:fs';

/** CPU of processes so far, in ms of user and system time together (Linux: /proc counts in hundredths of a second). */
export interface CpuReader {
  /** Of these processes, and of children of theirs that ended. */
  of(pids: readonly number[]): number;
  /** Of a server and all it forked, running or ended. */
  ofTree(root: number): number;
  /** Of the whole machine. */
  ofMachine(): number;
}

const MS_PER_TICK = 10;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  readonly ticksOfEnded: number;
}

/** proc(5): the second field is the name in brackets and may hold anything. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { parent, ticks: user + system, ticksOfEnded: endedUser + endedSystem };
  } catch {
    return null;
  }
}

function whole(stat: Stat | null): number {
  return stat === null ? 0 : (stat.ticks + stat.ticksOfEnded) * MS_PER_TICK;
}

export const cpu: CpuReader = {
  of: (pids) => pids.reduce((sum, pid) => sum + whole(statOf(pid)), 0),
  ofTree: (root) => {
    const forked = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => statOf(Number(name)))
      .filter((stat) => stat?.parent === root);
    return whole(statOf(root)) + forked.reduce((sum, stat) => sum + whole(stat), 0);
  },
  ofMachine: () => {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
    return (user + nice + system + irq + softirq) * MS_PER_TICK;
  },
};

/** The process a process was forked by. */
export function parentOf(pid: number): number {
  return statOf(pid)?.parent ?? 0;
}
