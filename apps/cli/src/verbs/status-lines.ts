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
    ...observing(status),
    ...Object.entries(queues).map(
      ([flow, { waiting, active, delayed, failed }]) =>
        `${flow.padEnd(28)} ${waiting} waiting, ${active} active, ${delayed} delayed, ${failed} failed`,
    ),
  ];
}

/** A status for scripts, as the contract has it; the mode of a business stands in `mlc business list`. */
export function documentOf({ modes: _modes, ...status }: Status): Omit<Status, 'modes'> {
  return status;
}

/** More names than this would not be read. */
const NAMED_MAX = 20;

/** Live businesses are the usual; those that write nothing are named. */
function observing({ modes }: Status): string[] {
  const names = Object.entries(modes).flatMap(([name, mode]) => (mode === 'observe' ? [name] : []));
  if (names.length === 0) return [];
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return [
    `observing      ${names.slice(0, NAMED_MAX).join(', ')}${more}: nothing is written until mlc go-live`,
  ];
}
