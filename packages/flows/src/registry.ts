import type { DomainEvent, Flow, FlowName } from '@mlc/core';
import { invoiceToMandate } from './invoice-to-mandate/flow.ts';
import { paypalCaptureToFreshbooks } from './paypal-capture-to-freshbooks/flow.ts';
import { paymentToFreshbooks } from './payment-to-freshbooks/flow.ts';
import { payoutToCashflow } from './payout-to-cashflow/flow.ts';

/** Every flow there is: a new one is its folder and a line here. */
export const FLOWS: readonly Flow[] = [
  invoiceToMandate,
  paymentToFreshbooks,
  payoutToCashflow,
  paypalCaptureToFreshbooks,
];

/** The flow that takes this event; null when nothing is to be done about it. */
export function flowFor(event: DomainEvent): FlowName | null {
  return FLOWS.find((flow) => flow.accepts(event))?.name ?? null;
}

/** The flow that shows a person what of a provider could not be read: the provider's own. */
const UNREADABLE: Readonly<Record<string, FlowName>> = {
  freshbooks: 'invoice-to-mandate',
  gocardless: 'payment-to-freshbooks',
  paypal: 'paypal-capture-to-freshbooks',
};

/** Where what cannot be read goes, whether a webhook or polling brought it. */
export function unreadableFlowOf(provider: string): FlowName {
  return UNREADABLE[provider] ?? 'invoice-to-mandate';
}
