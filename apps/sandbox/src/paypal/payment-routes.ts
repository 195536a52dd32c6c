import express from 'express';
import type { Request, Router } from 'express';
import { captureWire } from './capture-wire.ts';
import { needs, worldOf } from './door.ts';
import { amountIn, bodyOf, optionalText } from './fields.ts';
import { once, REMEMBERED_MS, wantsWhole } from './idempotency.ts';
import { giveBack } from './refund-course.ts';
import type { NewRefund } from './refund-course.ts';
import { refundWire } from './refund-wire.ts';
import { unprocessable } from './refusal.ts';
import type { CaptureRow } from './rows.ts';
import { SCOPES } from './scopes.ts';
import { saleWire } from './v1-wire.ts';
import { pick } from './wire-tools.ts';
import { found } from './world.ts';

/** `/v2/payments` (paypal.md 5.1, 5.3). */
export function paymentRoutes(): Router {
  const router = express.Router();
  router.use(needs(SCOPES.payments, SCOPES.refunds));
  router.get('/captures/:id', (req, res) => {
    const world = worldOf(res);
    const sale = world.settings.capturesAnswerForSales ? world.sales.get(req.params.id) : undefined;
    res.json(sale === undefined ? captureWire(found(world.captures, req.params.id)) : saleWire(sale));
  });
  router.post('/captures/:id/refund', (req, res) => {
    const world = worldOf(res);
    const capture = found(world.captures, req.params.id);
    const { status, id } = once(
      world,
      req,
      REMEMBERED_MS.payments,
      () => giveBack(world, capture, readRefund(req, capture)).id,
    );
    const whole = refundWire(found(world.refunds, id), world.payee);
    res.status(status).json(wantsWhole(req) ? whole : pick(whole, ['id', 'status', 'links']));
  });
  router.get('/refunds/:id', (req, res) => {
    const world = worldOf(res);
    res.json(refundWire(found(world.refunds, req.params.id), world.payee));
  });
  return router;
}

function readRefund(req: Request, capture: CaptureRow): NewRefund {
  const body = bodyOf(req.body);
  const texts = {
    note: optionalText(body, 'note_to_payer', 255),
    invoiceId: optionalText(body, 'invoice_id', 127),
  };
  if (body['amount'] === undefined) return { kind: 'refund', ...texts };
  const { currency, amount } = amountIn(body['amount'], '/amount');
  if (currency !== capture.currency)
    throw unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH', {
      field: '/amount/currency_code',
      value: currency,
    });
  return { kind: 'refund', amount, ...texts };
}
