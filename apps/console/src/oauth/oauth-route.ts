import { loadBusiness } from '@mlc/platform/set-up/businesses';
import { Router } from 'express';
import type { ApiParts } from '../api/parts.ts';
import { callerOf } from '../api/pipeline.ts';
import { answerIn, completeConsent } from './complete-consent.ts';

/** Where FreshBooks sends the browser after a consent; the code leaves the address bar at once. */
export function oauthRoute(parts: ApiParts): Router {
  const router = Router();
  router.get('/oauth/freshbooks', async (request, response) => {
    const answer = answerIn(new URL(request.originalUrl, 'http://console').searchParams);
    const businessId = await completeConsent(parts, callerOf(response), answer);
    const { slug } = await loadBusiness(parts.database.prisma, businessId);
    response.redirect(303, `/connections/freshbooks?business=${encodeURIComponent(slug)}`);
  });
  return router;
}
