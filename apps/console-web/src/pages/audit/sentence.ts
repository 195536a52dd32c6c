import type { AuditEntry } from '../../api/types.ts';
import { capital, words } from '../../en.ts';
import { moneyText } from '../../format/money.ts';

type Told = Pick<AuditEntry, 'action' | 'subject' | 'details'>;

/** What was done, by the second half of an action's name. */
const DONE: Readonly<Record<string, string>> = {
  'event.done': 'Event dealt with',
  'event.skipped': 'Event needs nothing',
  'event.parked': 'Event waits',
  'event.dead': 'Event failed for good',
  'event.found': 'Polling found what no webhook tells',
  'event.recovered': 'Polling found a lost webhook',
  'event.looked_again': 'Polling looked again',
  'event.run_again': 'Event runs again',
  'webhook.stored': 'Webhook stored',
  'webhook.refused': 'Webhook refused',
  'poll.finished': 'Provider was polled',
  'poll.failed': 'Polling failed',
  'posting.intended': 'Payment is to be booked',
  'posting.booked': 'Payment booked',
  'ledger.recorded': 'Entry in the ledger',
  'payout.booked': 'Payout booked',
  'review.opened': 'Review opened',
  'review.resolved': 'Review answered',
  'review.answer-held': 'Answer given',
  'review.answer-withdrawn': 'Answer taken back',
  'dead-letter.replayed': 'Dead letter replayed',
  'period.closed': 'Month closed',
  'period.reopened': 'Month reopened',
};

/** An action in words. */
export function actionText(action: string): string {
  return DONE[action] ?? capital(words(action.replace('.', ' ')));
}

/** What an entry says besides: its amount, and why. */
export function whyText({ details }: Told): string {
  const { amountMinor, netMinor, currency, reason, note, from, to } = details;
  const minor = [amountMinor, netMinor].find((value) => typeof value === 'number');
  const parts = [
    typeof minor === 'number' && typeof currency === 'string' ? moneyText(minor, currency) : null,
    typeof from === 'string' && typeof to === 'string' ? `${words(from)} → ${words(to)}` : null,
    typeof reason === 'string' ? reason : null,
    typeof note === 'string' ? note : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
