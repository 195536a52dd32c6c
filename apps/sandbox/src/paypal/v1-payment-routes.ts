import express from 'express';
import type { Router } from 'express';
import { needs, worldOf } from './door.ts';
import { oldRefusal } from './refusal.ts';
import { SCOPES } from './scopes.ts';
import { captureV1Wire, refundV1Wire, saleWire, total } from './v1-wire.ts';
import type { Wire } from './wire-tools.ts';
import { given } from './wire-tools.ts';
import type { World } from './world.ts';

/** `/v1/payments`: what payments v2 does not know (paypal.md 2.8, A.3). */
export function oldPaymentRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.payments));
  router.get('/sale/:id', (req, res) => void res.json(saleWire(known(worldOf(res).sales, req.params.id))));
  router.get('/capture/:id', (req, res) => {
    res.json(captureV1Wire(known(worldOf(res).captures, req.params.id)));
  });
  router.get('/refund/:id', (req, res) => {
    const wire = refundV1Wire(known(worldOf(res).refunds, req.params.id));
    res.json(wire);
  });
  router.get('/payment/:id', (req, res) => void res.json(paymentWire(worldOf(res), req.params.id)));
  return router;
}

/** The payment around a capture or sale of v1: it alone knows the payer's e-mail address. */
function paymentWire(world: World, id: string): Wire {
  const payments = [...world.captures.values(), ...world.sales.values()];
  const payment = payments.find(({ parentPayment }) => parentPayment === id);
  if (payment === undefined) throw unknownOldId();
  const { payer } = payment;
  return {
    id,
    intent: 'sale',
    state: 'approved',
    payer: {
      payment_method: 'paypal',
      status: 'VERIFIED',
      payer_info: {
        email: given(payer.email),
        first_name: payer.givenName,
        last_name: payer.surname,
        payer_id: payer.accountId,
      },
    },
    transactions: [
      {
        amount: total(payment.amount, payment.currency),
        related_resources: [
          'status' in payment ? { capture: captureV1Wire(payment) } : { sale: saleWire(payment) },
        ],
      },
    ],
  };
}

function known<T>(rows: ReadonlyMap<string, T>, id: string): T {
  const row = rows.get(id);
  if (row === undefined) throw unknownOldId();
  return row;
}

function unknownOldId(): Error {
  return oldRefusal(404, 'INVALID_RESOURCE_ID', 'Requested resource ID was not found.');
}
