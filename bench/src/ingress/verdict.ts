import type { Round } from './load.ts';

/** Each measured thing with the median of its rounds. */
export type Medians = Readonly<Record<'bare' | 'queueAdd' | 'ours', Round | null>>;

/** What has to hold (issue 2, "It is done when"). */
const FLOOR_AGAINST_BARE = 1.5;
const FLOOR_AGAINST_QUEUE_ADD = 2.5;

/** The median of each number over the rounds. */
export function median(rounds: readonly Round[]): Round {
  const of = (pick: (round: Round) => number): number => {
    const sorted = rounds.map(pick).sort((left, right) => left - right);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle] ?? 0;
    return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  };
  return {
    requestsPerS: of((round) => round.requestsPerS),
    p50Ms: of((round) => round.p50Ms),
    p99Ms: of((round) => round.p99Ms),
  };
}

/** One finding: what was asked, what came out, whether it holds. */
export interface Finding {
  readonly text: string;
  readonly holds: boolean;
}

/** Compares the medians with the floor. */
export function judge({ bare, queueAdd, ours }: Medians): Finding[] {
  if (bare === null || ours === null) return [{ text: 'nothing was measured', holds: false }];
  const againstBare = ours.requestsPerS / bare.requestsPerS;
  const findings = [
    {
      text: `${againstBare.toFixed(2)} × the requests/s of bare Express (at least ${FLOOR_AGAINST_BARE} ×)`,
      holds: againstBare >= FLOOR_AGAINST_BARE,
    },
    {
      text: `p99 ${ours.p99Ms.toFixed(1)} ms against ${bare.p99Ms.toFixed(1)} ms of bare Express (no worse)`,
      holds: ours.p99Ms <= bare.p99Ms,
    },
  ];
  if (queueAdd === null)
    return [...findings, { text: 'no redis-server on PATH: queue.add was not measured', holds: false }];
  const againstQueue = ours.requestsPerS / queueAdd.requestsPerS;
  const text = `${againstQueue.toFixed(2)} × the requests/s of queue.add per request (at least ${FLOOR_AGAINST_QUEUE_ADD} ×)`;
  return [...findings, { text, holds: againstQueue >= FLOOR_AGAINST_QUEUE_ADD }];
}
