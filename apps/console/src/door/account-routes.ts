import { AccountError } from '@mlc/platform/accounts/account-error';
import { addPasskey, beginPasskey, listPasskeys, removePasskey } from '@mlc/platform/accounts/passkeys';
import type { Person } from '@mlc/platform/accounts/people';
import {
  beginTotp,
  confirmTotp,
  dropTotp,
  pendingTotp,
  recoveryCodesLeft,
} from '@mlc/platform/accounts/second-factor';
import { endSessions, listSessions, type Session } from '@mlc/platform/accounts/sessions';
import { changePassword } from '@mlc/platform/accounts/set-up';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { callerOf } from '../api/pipeline.ts';
import { Problem } from '../http/problem.ts';
import { accountPage } from '../pages/account-page.ts';
import { recoveryPage } from '../pages/recovery-page.ts';
import { type Caller, isFresh } from './caller.ts';
import type { Door } from './door.ts';
import { field, readForm } from './door-routes.ts';
import { requireCsrf } from './guards.ts';

/** Who works on their own account. */
interface Owner {
  readonly caller: Caller;
  readonly person: Person;
  readonly session: Session;
}

const NAME_MAX = 60;

/** @throws Problem for a token, which has no account */
function ownerOf(response: Response): Owner {
  const caller = callerOf(response);
  const { person, session } = caller;
  if (person === null || session === null)
    throw new Problem('conflict', 'A token has no account: this is for people who are signed in.');
  return { caller, person, session };
}

/** What is said above the page. */
interface Words {
  readonly said?: string;
  readonly wrong?: string;
  readonly isWelcome?: boolean;
}

async function showAccount({ desk, site }: Door, response: Response, words: Words): Promise<void> {
  const { caller, person } = ownerOf(response);
  const { said = null, wrong = null, isWelcome = false } = words;
  const page = accountPage({
    caller,
    isWelcome,
    said,
    wrong,
    totp: await pendingTotp(desk, person),
    codesLeft: await recoveryCodesLeft(desk.database.prisma, person.id),
    passkeys: await listPasskeys(desk, person.id),
    sessions: await listSessions(desk, person.id),
    canPasskey: site !== null,
  });
  response
    .status(wrong === null ? 200 : 422)
    .type('html')
    .send(page);
}

/** One's own account: password, second factor, passkeys, sessions. */
export function accountRoutes(door: Door): Router {
  const router = Router();
  const { desk } = door;
  const show = (response: Response, words: Words) => showAccount(door, response, words);
  /** A form of this page: of the session, by somebody who proved a short while ago who they are. */
  const change = (
    path: string,
    work: (owner: Owner, request: Request, response: Response) => Promise<string | null>,
  ) =>
    router.post(path, readForm, async (request, response) => {
      const owner = ownerOf(response);
      requireCsrf(owner.caller, field(request, 'csrf'));
      if (!isFresh(owner.caller, desk.clock.now())) {
        response.redirect(303, '/sign-in?again&to=/account');
        return;
      }
      try {
        const done = await work(owner, request, response);
        if (done !== null) response.redirect(303, `/account?${done}`);
      } catch (error) {
        if (!(error instanceof AccountError)) throw error;
        await show(response, { wrong: error.message });
      }
    });
  router.get('/account', async (request, response) => {
    const said = Object.entries(SAID).find(([key]) => key in request.query)?.[1];
    await show(response, { ...(said === undefined ? {} : { said }), isWelcome: 'welcome' in request.query });
  });
  change('/account/password', async ({ person, session }, request) => {
    await changePassword(desk, { person, password: field(request, 'password'), sessionId: session.id });
    return 'password';
  });
  change('/account/totp', async ({ person }) => {
    await beginTotp(desk, person);
    return 'totp';
  });
  change('/account/totp/confirm', async ({ caller, person }, request, response) => {
    const codes = await confirmTotp(desk, person, field(request, 'code'));
    response.type('html').send(recoveryPage(caller, codes));
    return null;
  });
  change('/account/totp/off', async ({ person }) => {
    await dropTotp(desk, person, person.email);
    return 'off';
  });
  change('/account/passkeys/remove', async ({ person }, request) => {
    await removePasskey(desk, person, field(request, 'id'));
    return 'removed';
  });
  change('/account/sessions', async ({ person, session }) => {
    await endSessions(desk, { personId: person.id, except: session.id, by: person.email });
    return 'sessions';
  });
  addPasskeys(router, door);
  return router;
}

const SAID: Readonly<Record<string, string>> = {
  password: 'The password is changed; you are signed out everywhere else.',
  off: 'The second step is off.',
  removed: 'The passkey is removed.',
  sessions: 'You are signed out everywhere else.',
};

/** What the page's script asks for. */
function addPasskeys(router: Router, { site, desk }: Door): void {
  if (site === null) return;
  const fresh: RequestHandler = (request, response, next) => {
    const { caller } = ownerOf(response);
    requireCsrf(caller, request.get('x-csrf-token'));
    if (!isFresh(caller, desk.clock.now()))
      throw new Problem('sign-in-again', 'This may be done for 15 minutes after signing in: sign in again.');
    next();
  };
  const read = express.json({ limit: '64kb' });
  router.post('/account/passkeys/options', fresh, read, async (_request, response) => {
    response.json(await beginPasskey(desk, site, ownerOf(response).person));
  });
  router.post('/account/passkeys', fresh, read, async (request, response) => {
    const { name, response: made } = request.body as { name?: unknown; response?: unknown };
    const label = typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, NAME_MAX) : 'Passkey';
    try {
      await addPasskey(desk, site, { person: ownerOf(response).person, name: label, response: made });
    } catch (error) {
      if (error instanceof AccountError) throw new Problem('refused', error.message);
      throw error;
    }
    response.status(201).json({ name: label });
  });
}
