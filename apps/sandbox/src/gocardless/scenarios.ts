import { lifeOf } from './mandate-machine.ts';
import type { Outcome } from './outcomes.ts';
import { PayoutScenarios } from './payout-scenarios.ts';
import {
  autoRetryPayment,
  cancelChargeback,
  chargeBackPayment,
  confirmPayment,
  failPayment,
  submitPayment,
} from './payment-course.ts';
import { paymentLife } from './payment-life.ts';
import { canStep, stepPayment } from './payment-machine.ts';
import { addPayment } from './payments.ts';
import { buildPayouts } from './payout-builder.ts';
import { SCHEMES } from './schemes.ts';
import { addSubscription } from './subscriptions.ts';
import type { GcEvent, Metadata, Payment, Subscription } from './wire.ts';

/**
 * What happens at GoCardless without the API: payers, banks and people in the dashboard. Ids of things that do not exist
 * and steps that cannot happen throw a ControlError that says so.
 */
export class Scenarios extends PayoutScenarios {
  /** A debit made in the dashboard or by another tool: no metadata of ours unless given. */
  addForeignPayment(wanted: {
    mandate: string;
    amount: number;
    chargeDate?: string;
    description?: string;
    metadata?: Metadata;
    /** For a partner's app, minor units. */
    appFee?: number;
  }): Payment {
    const mandate = this.row(this.world.mandates, wanted.mandate);
    const { currency } = SCHEMES[mandate.scheme];
    return addPayment(this.world, mandate, {
      ...wanted,
      currency,
      origin: 'gocardless',
      cause: 'payment_created',
    });
  }

  /** A subscription set up in the dashboard; its payments carry no metadata. */
  addForeignSubscription(wanted: {
    mandate: string;
    amount: number;
    name?: string;
    startDate?: string;
    intervalUnit?: 'weekly' | 'monthly' | 'yearly';
    dayOfMonth?: number;
    count?: number;
  }): Subscription {
    const { mandate: id, amount, name, startDate, intervalUnit = 'monthly', dayOfMonth, count } = wanted;
    const mandate = this.row(this.world.mandates, id);
    const rhythm = { start_date: startDate, interval_unit: intervalUnit, day_of_month: dayOfMonth, count };
    const { currency } = SCHEMES[mandate.scheme];
    return addSubscription(this.world, { amount, currency, name, ...rhythm, links: { mandate: id } });
  }

  /** The payer of a debit that needs approval says yes or no. */
  answerApproval({ payment: id, isGranted = true }: { payment: string; isGranted?: boolean }): Payment {
    const payment = this.row(this.world.payments, id);
    const action = isGranted ? 'customer_approval_granted' : 'customer_approval_denied';
    return this.attempt(
      payment,
      () => void stepPayment(this.world, payment, action, { origin: 'customer', cause: action }),
    );
  }

  /** How the coming collections of this payment end; the clock makes it happen. */
  planPayment({ payment, outcomes }: { payment: string; outcomes: readonly Outcome[] }): void {
    paymentLife(this.world, this.row(this.world.payments, payment)).outcomes = [...outcomes];
  }

  /** The same for the next payment that is created on this mandate; several calls plan several payments. */
  planNextPayment({ mandate, outcomes }: { mandate: string; outcomes: readonly Outcome[] }): void {
    lifeOf(this.world, this.row(this.world.mandates, mandate)).plannedOutcomes.push([...outcomes]);
  }

  /** Now: handed to the banks, so that it cannot be cancelled any more. */
  submitPayment({ payment: id }: { payment: string }): Payment {
    const payment = this.row(this.world.payments, id);
    return this.attempt(payment, () => submitPayment(this.world, payment));
  }

  /** Now: submitted if it was not, then confirmed. */
  confirmPayment({ payment: id }: { payment: string }): Payment {
    const payment = this.row(this.world.payments, id);
    return this.attempt(payment, () => {
      if (payment.status === 'pending_submission') submitPayment(this.world, payment);
      confirmPayment(this.world, payment);
    });
  }

  /** Now: confirmed if it was not, then paid out in a payout with whatever else is due. */
  payOutPayment({ payment: id }: { payment: string }): Payment {
    const payment = this.row(this.world.payments, id);
    if (payment.status !== 'confirmed') this.confirmPayment({ payment: id });
    buildPayouts(this.world, [payment]);
    return payment;
  }

  /** Now: refused by the bank; late when it was confirmed or paid out already. */
  failPayment({
    payment: id,
    ...how
  }: {
    payment: string;
    cause?: string;
    willAttemptRetry?: boolean;
  }): Payment {
    const payment = this.row(this.world.payments, id);
    return this.attempt(payment, () => {
      if (payment.status === 'pending_submission') submitPayment(this.world, payment);
      failPayment(this.world, payment, { kind: 'failed', ...how });
    });
  }

  /** Now: GoCardless tries a failed one again, under the same id. */
  retryPayment({ payment: id }: { payment: string }): Payment {
    const payment = this.row(this.world.payments, id);
    return this.attempt(payment, () => autoRetryPayment(this.world, payment));
  }

  /** Now: the payer takes it back; paid out first when it was not. */
  chargeBackPayment({
    payment: id,
    cancelsMandate = false,
  }: {
    payment: string;
    cancelsMandate?: boolean;
  }): Payment {
    const payment = this.row(this.world.payments, id);
    if (canStep(payment, 'submitted') || payment.status === 'confirmed') this.payOutPayment({ payment: id });
    return this.attempt(payment, () => chargeBackPayment(this.world, payment, cancelsMandate));
  }

  cancelChargeback({ payment: id }: { payment: string }): Payment {
    const payment = this.row(this.world.payments, id);
    return this.attempt(payment, () => cancelChargeback(this.world, payment));
  }

  /** The dashboard's "send test webhook": an authentic event about a payment that does not exist (gocardless.md 4.1). */
  sendTestWebhook(): string {
    const { world } = this;
    const event: GcEvent = {
      id: `EVTEST${world.ids.next('EV').slice(-8)}`,
      created_at: world.timestamp(),
      resource_type: 'payments',
      action: 'failed',
      metadata: {},
      details: {
        origin: 'bank',
        cause: 'test_failure',
        description: 'Test event.',
        scheme: 'sepa_core',
        reason_code: 'TEST',
      },
      links: { payment: 'index_ID_123' },
    };
    world.desk.sendEvents([event], true);
    return event.id;
  }

  /** Delivers events again, newest `last` of them: at least once means more than once. */
  repeatEvents({ last = 10 }: { last?: number } = {}): number {
    const events = this.world.events.all().slice(-last);
    this.world.desk.sendEvents(events);
    return events.length;
  }
}
