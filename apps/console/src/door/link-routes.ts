import { AccountError } from '@mlc/platform/accounts/account-error';
import { useLink, viewLink } from '@mlc/platform/accounts/entry-links';
import { findPerson } from '@mlc/platform/accounts/people';
import { enter } from '@mlc/platform/accounts/sign-in';
import { Router } from 'express';
import { linkPage, messagePage } from '../pages/door-pages.ts';
import type { Door } from './door.ts';
import { answerStep, browserOf, field, readForm, tokenIn } from './door-routes.ts';

/** Links that sign somebody in, for who sits before the terminal that printed them. */
export function linkRoutes(door: Door): Router {
  const router = Router();
  const over = messagePage({ title: 'This link is over', text: 'It was used already, or has expired.' });
  router.get('/sign-in/link', async (request, response) => {
    const token = tokenIn(request);
    const works = await viewLink(door.desk, 'sign-in', token);
    response
      .status(works ? 200 : 410)
      .type('html')
      .send(works ? linkPage({ token }) : over);
  });
  router.post('/sign-in/link', readForm, async (request, response) => {
    const { desk } = door;
    const token = field(request, 'token');
    const used = desk.database.transaction((tx) => useLink(tx, desk, { kind: 'sign-in', token }));
    const personId = await used.catch((error: unknown) => {
      if (error instanceof AccountError) return null;
      throw error;
    });
    const person = personId === null ? null : await findPerson(desk.database.prisma, personId);
    if (person === null) {
      response.status(410).type('html').send(over);
      return;
    }
    const signedIn = await enter(desk, {
      person,
      browser: browserOf(request),
      stage: 'signed-in',
      by: 'link',
    });
    answerStep(door, response, { signedIn, to: '/', wrong: over, locked: () => over });
  });
  return router;
}
