import { formatMoney, type Subject } from '@mlc/core';

/** As much of an audit entry as its sentence is made of. */
export interface Told {
  readonly action: string;
  readonly subject: Subject;
  readonly details: Readonly<Record<string, unknown>>;
}

type Details = Told['details'];

/** What happened, in one sentence for people; an action without one of its own is told by its name. */
export function sentenceOf({ action, subject, details }: Told): string {
  return SENTENCES[action]?.(details, subject) ?? plainly(action, subject);
}

function plainly(action: string, { provider, type, id }: Subject): string {
  const [noun = action, verb = ''] = action.split('.');
  const own = provider === 'mlc' ? '' : `${provider} `;
  return `${capital(words(noun))} ${words(verb)}: ${own}${type} ${id}`;
}

/** Why, as far as the entry says so. */
export function whyOf({ details }: Pick<Told, 'details'>): readonly string[] {
  const texts = [details['reasons'], details['why'], details['because'], details['reason'], details['note']];
  return texts.flat().filter((text): text is string => typeof text === 'string' && text !== '');
}

const SENTENCES: Readonly<Record<string, (details: Details, subject: Subject) => string>> = {
  'collection.planned': (details) => `Debit planned${sum(details)}${on(details, 'chargeDate')}`,
  'collection.created': (details) =>
    `Debit ${text(details, 'paymentId')} requested at GoCardless${sum(details)}${on(details, 'chargeDate')}`,
  'collection.moved': (details, { id }) => `Debit ${id} is now ${words(text(details, 'to'))}`,
  'collection.cancelled': (details) => `Debit ${text(details, 'paymentId')} cancelled`,
  'collection.unlinked': (details) => `Debit ${text(details, 'paymentId')} no longer stands for this invoice`,
  'invoice.released': () => 'Released for another debit',
  'invoice.opted-out': () => 'Collecting switched off',
  'invoice.opted-in': () => 'Collecting switched on again',
  'client.opted-out': () => 'Collecting switched off for the client',
  'client.opted-in': () => 'Collecting switched on again for the client',
  'posting.intended': (details) => `Payment to be booked in FreshBooks${sum(details)}`,
  'posting.tried-again': (details) => `Payment tried again in FreshBooks${sum(details)}`,
  'payment.booked': (details) => `Payment booked in FreshBooks${sum(details)}`,
  'fee.booked': (details) => `Fee booked in FreshBooks${sum(details)}`,
  'journal.booked': (details) => `Journal entry booked in FreshBooks${sum(details)}`,
  'reversal.intended': (details) => `Payment to be taken out of FreshBooks${sum(details)}`,
  'reversal.booked': (details) => `Payment taken out of FreshBooks${sum(details)}`,
  'review.opened': (details) => `Question asked: ${words(text(details, 'kind'))}`,
  'review.resolved': (details) =>
    `Question answered with ${text(details, 'action')}: ${words(text(details, 'kind'))}`,
  'review.answer-held': (details) => `Answer given, held for ten seconds: ${text(details, 'action')}`,
  'review.answer-withdrawn': () => 'Answer withdrawn',
  'review.answer-dropped': () => 'Answer dropped: the question changed',
  'event.dead': () => 'Processing failed for good',
  'dead-letter.replayed': (details) => `Failed event run again: ${text(details, 'flow')}`,
  'payout.booked': (_details, { id }) => `Payout ${id} booked`,
  'period.closed': (_details, { id }) => `${id} closed`,
  'period.reopened': (_details, { id }) => `${id} opened again`,
  'webhook.stored': (details) => `Webhook received${count(details, 'events')}`,
  'webhook.refused': (details) => `Webhook refused: ${text(details, 'why')}`,
  'poll.finished': () => 'Provider’s lists read',
  'business.applied': () => 'Set-up changed',
};

function text(details: Details, name: string): string {
  const value = details[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function sum(details: Details): string {
  const { amountMinor, currency } = details;
  if (typeof amountMinor !== 'number' || typeof currency !== 'string') return '';
  return `, ${formatMoney({ minor: BigInt(amountMinor), currency })}`;
}

function on(details: Details, name: string): string {
  const date = text(details, name);
  return date === '' ? '' : ` on ${date}`;
}

function count(details: Details, name: string): string {
  const value = details[name];
  return typeof value === 'number' ? `, ${String(value)} ${name}` : '';
}

function words(given: string): string {
  return given.replaceAll(/[_-]/g, ' ');
}

function capital(given: string): string {
  return given.charAt(0).toUpperCase() + given.slice(1);
}
