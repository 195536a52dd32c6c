import express from 'express';
import type { Express } from 'express';
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import { bankAccounts } from './bank-accounts.ts';
import { billingRequestFlows } from './billing-flows.ts';
import { billingRequests } from './billing-requests.ts';
import { customers } from './customers.ts';
import { answerError, checkHeaders, giveRequestId, limitRate, readBody, refuseUnknownPath } from './door.ts';
import type { Access } from './door.ts';
import { instalmentSchedules } from './instalment-schedules.ts';
import { mandates } from './mandates.ts';
import { payments } from './payments.ts';
import { mountPayoutItems, payouts } from './payouts.ts';
import { refunds } from './refunds.ts';
import { mountResource } from './resource.ts';
import { mountSimulators } from './simulators.ts';
import { creditors, events, mountBalancesAndTaxRates, webhooks } from './small-resources.ts';
import { subscriptions } from './subscriptions.ts';

/** Mounts the API in the order a request meets it: id, injected faults, headers and token, rate limit, body, routes. */
export function mountApi(
  app: Express,
  parts: { clock: SandboxClock; faults: Faults; accessOf: (token: string) => Access | undefined },
): void {
  app.use(giveRequestId, parts.faults.middleware());
  app.use(checkHeaders(parts.accessOf), limitRate(parts.clock), ...readBody());
  const router = express.Router();
  mountResource(router, customers);
  mountResource(router, bankAccounts);
  mountResource(router, mandates);
  mountResource(router, payments);
  mountResource(router, subscriptions);
  mountResource(router, instalmentSchedules);
  mountResource(router, billingRequests);
  mountResource(router, billingRequestFlows);
  mountResource(router, refunds);
  mountResource(router, payouts);
  mountResource(router, creditors);
  mountResource(router, events);
  mountResource(router, webhooks);
  mountPayoutItems(router);
  mountBalancesAndTaxRates(router);
  mountSimulators(router);
  app.use(router, refuseUnknownPath, answerError);
}
