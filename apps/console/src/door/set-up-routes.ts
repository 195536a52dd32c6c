import { AccountError } from '@mlc/platform/accounts/account-error';
import { viewLink } from '@mlc/platform/accounts/entry-links';
import { acceptInvitation, findInvitation } from '@mlc/platform/accounts/invitations';
import { findPerson } from '@mlc/platform/accounts/people';
import { setUpAccount } from '@mlc/platform/accounts/set-up';
import { enter } from '@mlc/platform/accounts/sign-in';
import { type Request, type Response, Router } from 'express';
import { Problem } from '../http/problem.ts';
import { messagePage, newAccountPage } from '../pages/door-pages.ts';
import { setCookie } from './cookie.ts';
import { type Door, mayUseCookies } from './door.ts';
import { browserOf, field, readForm, tokenIn, waitText } from './door-routes.ts';

const SET_UP = {
  action: '/setup',
  title: 'Set up the console',
  lead: 'Make the account of the first admin. It may do everything and invite the others.',
  isEmailSettled: false,
} as const;

const SET_UP_OVER = messagePage({
  title: 'This set-up link is over',
  text: 'It was used already, or more than half an hour has passed since it was opened.',
  todo: 'On the machine that runs ml-connector, “mlc console setup-link” prints a new one.',
});

const INVITATION = {
  action: '/invitation',
  title: 'Make your account',
  lead: 'You were invited to the console of ml-connector.',
  isEmailSettled: true,
} as const;

const INVITATION_OVER = messagePage({
  title: 'This invitation is over',
  text: 'It was accepted already, taken back, or is older than seven days.',
  todo: 'Ask who invited you for a new one.',
});

/** The first account, and those of people who were invited. */
export function setUpRoutes(door: Door): Router {
  const router = Router();
  addSetUp(router, door);
  addInvitation(router, door);
  return router;
}

function addSetUp(router: Router, door: Door): void {
  router.get('/setup', async (request, response) => {
    const token = tokenIn(request);
    const works = await viewLink(door.desk, 'set-up', token);
    const page = works ? newAccountPage({ ...SET_UP, token, email: '' }) : SET_UP_OVER;
    response
      .status(works ? 200 : 410)
      .type('html')
      .send(page);
  });
  router.post('/setup', readForm, async (request, response) => {
    const token = field(request, 'token');
    const account = {
      name: field(request, 'name'),
      email: field(request, 'email'),
      password: field(request, 'password'),
    };
    await makeAccount(door, request, response, {
      make: () => setUpAccount(door.desk, token, account),
      again: (said) => newAccountPage({ ...SET_UP, token, name: account.name, email: account.email, said }),
      over: SET_UP_OVER,
    });
  });
}

function addInvitation(router: Router, door: Door): void {
  router.get('/invitation', async (request, response) => {
    const token = tokenIn(request);
    const invitation = await findInvitation(door.desk, token);
    if (invitation === null) response.status(410).type('html').send(INVITATION_OVER);
    else response.type('html').send(newAccountPage({ ...INVITATION, token, email: invitation.email }));
  });
  router.post('/invitation', readForm, async (request, response) => {
    const token = field(request, 'token');
    const { email = '' } = (await findInvitation(door.desk, token)) ?? {};
    const name = field(request, 'name');
    await makeAccount(door, request, response, {
      make: () => acceptInvitation(door.desk, token, { name, password: field(request, 'password') }),
      again: (said) => newAccountPage({ ...INVITATION, token, name, email, said }),
      over: INVITATION_OVER,
    });
  });
}

interface Making {
  /** Resolves to the person's id. */
  readonly make: () => Promise<string>;
  readonly again: (said: string) => string;
  readonly over: string;
}

/** Guessing links is limited as guessing passwords is: by address. */
async function makeAccount(door: Door, request: Request, response: Response, making: Making): Promise<void> {
  if (!mayUseCookies(door)) throw new Problem('forbidden', 'MLC_CONSOLE_URL must be https to sign in.');
  const browser = browserOf(request);
  const { address } = door.limits;
  const retryAfterMs = await address.blockedMs(browser.address);
  if (retryAfterMs > 0) throw new Problem('too-many-requests', waitText(retryAfterMs), { retryAfterMs });
  try {
    const person = await findPerson(door.desk.database.prisma, await making.make());
    if (person === null) throw new AccountError('expired', 'gone');
    const signedIn = await enter(door.desk, { person, browser, stage: 'signed-in', by: 'set-up' });
    if (signedIn.kind === 'signed-in') setCookie(response, door, signedIn.token);
    response.redirect(303, '/account?welcome');
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    if (error.why === 'expired') {
      await address.failed(browser.address);
      response.status(410).type('html').send(making.over);
    } else response.status(422).type('html').send(making.again(error.message));
  }
}
