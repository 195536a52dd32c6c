import type { Status } from '@mlc/platform/queue/status';

/** A status for people. */
export function statusLines(status: Status): string[] {
  const { events, queues, lists = [] } = status;
  return [
    status.ready ? 'ready' : 'not ready: the queue does not answer',
    `events         ${events.stored} stored, ${events.processed} processed, ${events.pending} pending, ${status.parked} parked`,
    `dead letters   ${status.deadLetters}`,
    `open reviews   ${status.reviewsOpen}`,
    ...lists.map(
      ({ business, provider, list, failures, since, failure }) =>
        `list fails     ${business}: ${provider} ${list}, ${failures} times since ${since}: ${failure}`,
    ),
    ...Object.entries(queues).map(
      ([flow, { waiting, active, delayed, failed }]) =>
        `${flow.padEnd(28)} ${waiting} waiting, ${active} active, ${delayed} delayed, ${failed} failed`,
    ),
  ];
}
