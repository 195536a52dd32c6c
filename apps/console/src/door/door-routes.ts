import { personOfPasskey, beginPasskeySignIn } from '@mlc/platform/accounts/passkeys';
import { type Browser, endSessions, findSession } from '@mlc/platform/accounts/sessions';
import {
  enter,
  noteRefusal,
  signInByCode,
  signInByPassword,
  type SignedIn,
} from '@mlc/platform/accounts/sign-in';
import express, { type Request, type Response, Router } from 'express';
import { Problem } from '../http/problem.ts';
import { codePage, signInPage } from '../pages/door-pages.ts';
import { clearCookie, cookieOf, setCookie } from './cookie.ts';
import { type Door, mayUseCookies } from './door.ts';
import { requireCsrf } from './guards.ts';
import { identify } from './identify.ts';
import { wayBack } from './way-back.ts';

const FORM_MAX = '16kb';
const MINUTE_MS = 60_000;

/** What a form said, as text. */
export function field(request: Request, name: string): string {
  const value: unknown = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** The token of a link, as its address carries it. */
export function tokenIn(request: Request): string {
  const { token } = request.query;
  return typeof token === 'string' ? token : '';
}

/** Where a request comes from. */
export function browserOf(request: Request): Browser {
  return { address: request.ip ?? '', userAgent: request.get('user-agent') ?? '' };
}

export const readForm = express.urlencoded({ extended: false, limit: FORM_MAX });

const WRONG = 'E-mail or password is wrong.';
const WRONG_CODE = 'This code is wrong, or was used already.';

/** What is said about too many tries, with the minute. */
export function waitText(retryAfterMs: number): string {
  const minutes = Math.max(1, Math.ceil(retryAfterMs / MINUTE_MS));
  return `Too many failed tries. Try again in ${String(minutes)} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}

/** Signing in and out, without JavaScript but for passkeys. */
export function doorRoutes(door: Door): Router {
  const router = Router();
  addPassword(router, door);
  addCode(router, door);
  addPasskey(router, door);
  router.post('/sign-out', readForm, async (request, response) => {
    const caller = await identify(door, request);
    if (caller !== null) {
      requireCsrf(caller, field(request, 'csrf'));
      if (caller.person !== null && caller.session !== null)
        await endSessions(door.desk, {
          personId: caller.person.id,
          only: caller.session.id,
          by: caller.actor,
        });
    }
    clearCookie(response, door);
    response.redirect(303, '/sign-in');
  });
  return router;
}

function addPassword(router: Router, door: Door): void {
  const canPasskey = door.site !== null;
  router.get('/sign-in', (request, response) => {
    const said = mayUseCookies(door)
      ? null
      : 'MLC_CONSOLE_URL must be https: nobody can sign in without TLS.';
    const isAgain = 'again' in request.query;
    const lead = isAgain ? 'This needs a fresh sign-in.' : said;
    response.type('html').send(signInPage({ to: wayBack(request.query['to']), said: lead, canPasskey }));
  });
  router.post('/sign-in', readForm, async (request, response) => {
    if (!mayUseCookies(door)) throw new Problem('forbidden', 'MLC_CONSOLE_URL must be https to sign in.');
    const to = wayBack(field(request, 'to'));
    const email = field(request, 'email');
    const given = { email, password: field(request, 'password'), browser: browserOf(request) };
    const signedIn = await signInByPassword(door.desk, door.limits, given);
    const page = (said: string) => signInPage({ to, email, said, canPasskey });
    answerStep(door, response, { signedIn, to, wrong: page(WRONG), locked: page });
  });
}

/** Goes on, or shows the form again. */
export function answerStep(
  door: Door,
  response: Response,
  step: { signedIn: SignedIn; to: string; wrong: string; locked: (said: string) => string },
): void {
  const { signedIn, to, wrong, locked } = step;
  switch (signedIn.kind) {
    case 'signed-in':
      setCookie(response, door, signedIn.token);
      response.redirect(303, to);
      return;
    case 'second-factor':
      setCookie(response, door, signedIn.token);
      response.redirect(303, `/sign-in/code?to=${encodeURIComponent(to)}`);
      return;
    case 'refused':
      door.refused('sign-in');
      response.status(401).type('html').send(wrong);
      return;
    case 'locked':
      door.refused('locked');
      response.status(429).set('Retry-After', String(Math.ceil(signedIn.retryAfterMs / 1_000)));
      response.type('html').send(locked(waitText(signedIn.retryAfterMs)));
  }
}

function addCode(router: Router, door: Door): void {
  const half = async (request: Request) => {
    const cookie = cookieOf(request, door);
    const found = cookie === null ? null : await findSession(door.desk, cookie);
    return found?.session.stage === 'second-factor' ? found : null;
  };
  router.get('/sign-in/code', async (request, response) => {
    if ((await half(request)) === null) response.redirect(303, '/sign-in');
    else response.type('html').send(codePage({ to: wayBack(request.query['to']) }));
  });
  router.post('/sign-in/code', readForm, async (request, response) => {
    const found = await half(request);
    const to = wayBack(field(request, 'to'));
    if (found === null) {
      response.redirect(303, '/sign-in');
      return;
    }
    const { person, session } = found;
    const given = {
      person,
      sessionId: session.id,
      code: field(request, 'code'),
      browser: browserOf(request),
    };
    const signedIn = await signInByCode(door.desk, door.limits, given);
    const locked = (said: string) => codePage({ to, said });
    answerStep(door, response, { signedIn, to, wrong: locked(WRONG_CODE), locked });
  });
}

function addPasskey(router: Router, door: Door): void {
  const { site, desk, limits } = door;
  if (site === null) return;
  const read = express.json({ limit: FORM_MAX });
  router.post('/sign-in/passkey/options', read, async (_request, response) => {
    response.json(await beginPasskeySignIn(desk, site));
  });
  router.post('/sign-in/passkey', read, async (request, response) => {
    const browser = browserOf(request);
    const retryAfterMs = await limits.address.blockedMs(browser.address);
    if (retryAfterMs > 0) throw new Problem('too-many-requests', waitText(retryAfterMs), { retryAfterMs });
    const { response: signed, to } = request.body as { response?: unknown; to?: unknown };
    const person = isSigned(signed) ? await personOfPasskey(desk, site, signed) : null;
    if (person === null) {
      door.refused('sign-in');
      const { isLocked } = await limits.address.failed(browser.address);
      const locked = isLocked ? ['address'] : [];
      await noteRefusal(desk, limits, { email: null, step: 'passkey', address: browser.address, locked });
      throw new Problem('unauthorised', 'This passkey was not accepted: try again.');
    }
    const signedIn = await enter(desk, { person, browser, stage: 'signed-in', by: 'passkey' });
    if (signedIn.kind === 'signed-in') setCookie(response, door, signedIn.token);
    response.json({ to: wayBack(to) });
  });
}

function isSigned(value: unknown): value is { id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
