import type { FaultRule, Sandbox } from '@mlc/sandbox';
import type { SeededRandom } from './random.ts';

/** Paths of creating and changing payments at both providers. */
const BOOK_PAYMENT = '/payments/payments';
const DEBIT = /^\/payments(\/[^/]+\/actions\/cancel)?$/;
const EVERYTHING = /^\/(accounting|customers|mandates|payments)/;

const FRESHBOOKS: readonly FaultRule[] = [
  { kind: 'cut-after', method: 'POST', path: BOOK_PAYMENT, times: 2 },
  { kind: 'status-after', method: 'POST', path: BOOK_PAYMENT, times: 2 },
  { kind: 'garbage', method: 'POST', path: BOOK_PAYMENT },
  { kind: 'cut-after', method: 'PUT', path: BOOK_PAYMENT, times: 2 },
  { kind: 'status', method: 'PUT', path: BOOK_PAYMENT, status: 503 },
  { kind: 'slow', method: 'POST', path: BOOK_PAYMENT, times: 3, delayMs: 300 },
  { kind: 'garbage', method: 'GET', path: EVERYTHING, times: 4 },
  { kind: 'status', method: 'GET', path: EVERYTHING, times: 4, status: 502 },
  { kind: 'rate-limit', path: EVERYTHING, times: 2 },
];

const GOCARDLESS: readonly FaultRule[] = [
  { kind: 'cut-after', method: 'POST', path: DEBIT, times: 3 },
  { kind: 'status-after', method: 'POST', path: DEBIT, times: 3 },
  { kind: 'garbage', method: 'POST', path: DEBIT, times: 2 },
  { kind: 'slow', method: 'POST', path: DEBIT, times: 3, delayMs: 300 },
  { kind: 'cut-before', path: EVERYTHING, times: 3 },
  { kind: 'garbage', method: 'GET', path: EVERYTHING, times: 4 },
  { kind: 'status', method: 'GET', path: EVERYTHING, times: 4 },
];

const PAYPAL: readonly FaultRule[] = [
  { kind: 'cut-before', path: '/v2/payments/captures' },
  { kind: 'status', path: '/v2/payments/captures', status: 503 },
  { kind: 'garbage', path: '/v2/payments/captures' },
];

/** How deep into the matching requests of a run the faults may lie. */
const AFTER_MAX = 25;

/** Sprinkles every kind of trouble over the coming requests, none of which makes an event hopeless. */
export function placeFaults({ freshbooks, gocardless, paypal }: Sandbox, random: SeededRandom): void {
  const somewhere = (rule: FaultRule): FaultRule => ({ ...rule, after: random.between(0, AFTER_MAX) });
  for (const rule of FRESHBOOKS) freshbooks.faults.add(somewhere(rule));
  for (const rule of PAYPAL) paypal.faults.add(rule);
  for (const rule of GOCARDLESS) gocardless.faults.add(somewhere(rule));
}

/** Requests that were struck, over all rules. */
export function struckBy({ freshbooks, gocardless }: Sandbox): number {
  return [freshbooks, gocardless]
    .flatMap(({ faults }) => faults.list())
    .reduce((sum, { struck }) => sum + struck, 0);
}
