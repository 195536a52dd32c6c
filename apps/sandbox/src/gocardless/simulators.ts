import type { Router } from 'express';
import { completeByPayer } from './billing-flows.ts';
import { isObject, unwrap } from './fields.ts';
import { endMandate, transferMandate } from './mandate-endings.ts';
import { stepMandate } from './mandate-machine.ts';
import { activateMandate, confirmPayment, failPayment, submitPayment } from './payment-course.ts';
import { PAYMENT_SIMULATORS } from './payment-simulators.ts';
import { buildPayouts } from './payout-builder.ts';
import { bouncePayout } from './payout-events.ts';
import { mandateReason } from './reasons.ts';
import { invalidState, notFound } from './refusal.ts';
import { bounceRefund, payRefund, settleRefund } from './refund-course.ts';
import { worldOf } from './resource.ts';
import { WITH_PENDING_MANDATE, found, need } from './simulator-base.ts';
import type { Simulate } from './simulator-base.ts';
import type { Creditor, Mandate, Payment, Refund } from './wire.ts';
import type { World } from './world.ts';

/** The official simulators with their preconditions (gocardless.md 2.15). */
const SIMULATORS: Readonly<Record<string, Simulate>> = {
  ...PAYMENT_SIMULATORS,
  mandate_activated: onMandate((world, mandate) => {
    need(mandate.status === 'pending_submission', 'the mandate must be pending_submission');
    need(
      !WITH_PENDING_MANDATE.includes(mandate.scheme),
      'this scheme activates mandates with their first payment',
    );
    stepMandate(world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
    activateMandate(world, mandate);
  }),
  mandate_customer_approval_granted: onMandate((world, mandate) => approve(world, mandate, 'granted')),
  mandate_customer_approval_skipped: onMandate((world, mandate) => approve(world, mandate, 'skipped')),
  mandate_failed: onMandate((world, mandate) => {
    need(
      ['pending_submission', 'submitted'].includes(mandate.status),
      'the mandate must be pending_submission or submitted',
    );
    need(mandate.scheme !== 'sepa_core', 'not for SEPA');
    endMandate(world, mandate, 'failed', mandateReason(mandate.scheme, 'invalid_bank_details'));
  }),
  mandate_expired: onMandate((world, mandate) => {
    need(mandate.status === 'pending_submission', 'the mandate must be pending_submission');
    need(!['autogiro', 'becs_nz', 'pad'].includes(mandate.scheme), 'mandates of this scheme never expire');
    endMandate(world, mandate, 'expired', { origin: 'gocardless', cause: 'mandate_expired' });
  }),
  mandate_transferred: onMandate((world, mandate) => {
    need(mandate.status === 'pending_submission', 'the mandate must be pending_submission');
    need(['bacs', 'sepa_core'].includes(mandate.scheme), 'only for Bacs and SEPA');
    stepMandate(world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
    activateMandate(world, mandate);
    transferMandate(world, mandate);
  }),
  mandate_suspended_by_payer: onMandate((world, mandate) => {
    need(
      mandate.status === 'active' && mandate.scheme === 'pay_to',
      'the mandate must be an active PayTo one',
    );
    stepMandate(world, mandate, 'suspended_by_payer', {
      origin: 'bank',
      cause: 'mandate_suspended_by_payer',
    });
  }),
  refund_paid: onRefund((world, refund) => {
    needPending(refund);
    payRefund(world, refund);
  }),
  refund_settled: onRefund((world, refund) => {
    needPending(refund);
    payRefund(world, refund);
    settleRefund(world, refund);
  }),
  refund_bounced: onRefund(bounce),
  refund_returned: onRefund((world, refund) => {
    bounce(world, refund);
    settleRefund(world, refund);
  }),
  payout_bounced: (world, id) => {
    const payout = found(world.payouts.get(id));
    need(payout.status === 'paid', 'the payout must be paid');
    bouncePayout(world, payout);
  },
  billing_request_fulfilled: fulfil,
  billing_request_fulfilled_and_payment_failed: (world, id) => {
    failPayment(world, startedPayment(world, id), { kind: 'failed' });
  },
  billing_request_fulfilled_and_payment_confirmed_to_failed: (world, id) => {
    const payment = startedPayment(world, id);
    confirmPayment(world, payment);
    failPayment(world, payment, { kind: 'late_failure' });
  },
  billing_request_fulfilled_and_payment_paid_out: (world, id) => {
    const payment = startedPayment(world, id);
    confirmPayment(world, payment);
    buildPayouts(world, [payment]);
  },
  creditor_verification_status_successful: verification('successful'),
  creditor_verification_status_in_review: verification('in_review'),
  creditor_verification_status_action_required: verification('action_required'),
};

/** `POST /scenario_simulators/:id/actions/run` with `{"data":{"links":{"resource":"…"}}}`. */
export function mountSimulators(router: Router): void {
  router.post('/scenario_simulators/:id/actions/run', (req, res) => {
    const simulate = SIMULATORS[req.params.id];
    if (simulate === undefined) throw notFound();
    const { links } = unwrap(req.body, 'data');
    const resource = isObject(links) ? links['resource'] : undefined;
    if (typeof resource !== 'string') throw invalidState('invalid_state', 'links.resource is required');
    simulate(worldOf(res), resource);
    res.json({ scenario_simulators: { id: req.params.id } });
  });
}

function onMandate(work: (world: World, mandate: Mandate) => void): Simulate {
  return (world, id) => work(world, found(world.mandates.get(id)));
}

function onRefund(work: (world: World, refund: Refund) => void): Simulate {
  return (world, id) => work(world, found(world.refunds.get(id)));
}

function approve(world: World, mandate: Mandate, how: 'granted' | 'skipped'): void {
  need(mandate.status === 'pending_customer_approval', 'the mandate must be pending_customer_approval');
  need(['bacs', 'sepa_core'].includes(mandate.scheme), 'only for Bacs and SEPA');
  const action = `customer_approval_${how}` as const;
  stepMandate(world, mandate, action, { origin: 'customer', cause: action });
}

function needPending({ status }: Refund): void {
  const isPending = ['created', 'pending_submission', 'submitted'].includes(status);
  need(isPending, 'the refund must be pending_submission or submitted');
}

function bounce(world: World, refund: Refund): void {
  need(refund.status !== 'bounced' && refund.status !== 'funds_returned', 'the refund came back already');
  bounceRefund(world, refund);
}

function fulfil(world: World, id: string): void {
  const request = found(world.billingRequests.get(id));
  need(
    request.status === 'pending' && request.payment_request !== null,
    'it must be pending with a payment_request',
  );
  completeByPayer(world, request);
}

/** The payment of a billing request fulfilled just now, already with the bank. */
function startedPayment(world: World, requestId: string): Payment {
  fulfil(world, requestId);
  const request = world.billingRequests.must(requestId);
  const payment = world.payments.must(request.links['payment_request_payment'] ?? '');
  submitPayment(world, payment);
  return payment;
}

function verification(status: Creditor['verification_status']): Simulate {
  return (world, id) => {
    const creditor = found(world.creditors.get(id));
    creditor.verification_status = status;
    world.events.record({
      resource: 'creditors',
      action: 'updated',
      origin: 'gocardless',
      cause: 'creditor_updated',
      links: { creditor: creditor.id },
    });
  };
}
