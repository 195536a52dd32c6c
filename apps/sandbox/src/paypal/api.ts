import type { Express } from 'express';
import type { Deliveries } from '../deliveries.ts';
import type { Faults } from '../faults.ts';
import type { CertificateDesk } from './certificate-desk.ts';
import { disputeRoutes } from './dispute-routes.ts';
import { answerError, checkToken, limitRate, readBody, refuseUnknownPath } from './door.ts';
import { eventRoutes } from './event-routes.ts';
import { checkoutPage, orderRoutes } from './order-routes.ts';
import { paymentRoutes } from './payment-routes.ts';
import { reportingRoutes } from './reporting-routes.ts';
import { simulatorRoutes } from './simulator-routes.ts';
import { invoiceRoutes, subscriptionRoutes } from './small-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import type { TokenDesk } from './tokens.ts';
import { oldPaymentRoutes } from './v1-payment-routes.ts';
import { certificateRoutes, verificationRoutes } from './verification-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';
import type { World } from './world.ts';

/** PayPal's API behind its faults: token, certificates and the buyer's page in front of the token check. */
export function mountApi(
  app: Express,
  parts: {
    worlds: () => readonly World[];
    faults: Faults;
    deliveries: Deliveries;
    tokens: TokenDesk;
    certificates: CertificateDesk;
  },
): void {
  app.use(parts.faults.middleware());
  app.use(tokenRoutes(parts.tokens));
  app.use(certificateRoutes(parts.certificates));
  app.use(checkoutPage(parts.worlds));
  app.use(checkToken(parts.tokens), limitRate(), ...readBody());
  app.use('/v2/checkout/orders', orderRoutes());
  app.use('/v2/payments', paymentRoutes());
  app.use('/v1/payments', oldPaymentRoutes());
  app.use('/v1/billing/subscriptions', subscriptionRoutes());
  app.use('/v2/invoicing/invoices', invoiceRoutes());
  app.use('/v1/customer/disputes', disputeRoutes());
  app.use('/v1/reporting', reportingRoutes());
  app.use('/v1/notifications/webhooks-events', eventRoutes());
  app.use('/v1/notifications', verificationRoutes());
  app.use('/v1/notifications', simulatorRoutes(parts.deliveries));
  app.use('/v1/notifications', webhookRoutes());
  app.use(refuseUnknownPath);
  app.use(answerError);
}
