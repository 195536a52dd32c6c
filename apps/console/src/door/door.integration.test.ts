import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeLink } from '@mlc/platform/accounts/entry-links';
import { invite } from '@mlc/platform/accounts/invitations';
import { findPersonByEmail } from '@mlc/platform/accounts/people';
import { Secret, TOTP } from 'otpauth';
import {
  type Came,
  type SignedInBrowser,
  withConsole,
} from '../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const PASSWORD = 'correct horse battery';
const ADMIN = { name: 'Ana', email: 'Ana@acme.test', password: PASSWORD };

const under = withConsole();

beforeEach(async () => {
  await under.runtime.database.pool.query("DELETE FROM rate_limits WHERE key LIKE 'door-%'");
});

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  under.ask(path, { method: 'POST', form, headers });

function cookieOf({ headers }: Came): string {
  return (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

function csrfIn({ text }: Came): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
}

const signIn = (email: string, password: string) => post('/sign-in', { email, password, to: '/problems' });

const actions = async (): Promise<string[]> =>
  (
    await under.runtime.database.prisma.auditEntry.findMany({
      where: { businessId: 'system' },
      orderBy: { seq: 'asc' },
    })
  ).map(({ action }) => action);

describe('the first account', () => {
  test('is made with the link of the first start, once', async () => {
    const url = new URL(under.running.setUpUrl ?? '');
    const path = url.pathname + url.search;
    const token = url.searchParams.get('token') ?? '';
    const page = await under.ask(path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Set up the console');
    const weak = await post('/setup', { ...ADMIN, token, password: 'ana@acme.test' });
    expect([weak.status, weak.text.includes('must not be your name')]).toEqual([422, true]);
    const made = await post('/setup', { ...ADMIN, token });
    expect([made.status, made.headers.get('location')]).toEqual([303, '/account?welcome']);
    expect(made.headers.get('set-cookie')).toMatch(
      /^mlc=[\w-]{43}; Max-Age=604800; .*HttpOnly; SameSite=Lax$/,
    );
    const again = await post('/setup', { ...ADMIN, token });
    expect([again.status, again.text.includes('mlc console setup-link')]).toEqual([410, true]);
    const session = await under.ask('/api/v1/session', { headers: { Cookie: cookieOf(made) } });
    expect(session.json).toMatchObject({ actor: 'Ana@acme.test', everywhere: ['admin'] });
    expect(await actions()).toEqual(['link.made', 'person.set-up', 'session.signed-in']);
  });

  test('takes half an hour from the first look, and nothing of the database opens a door', async () => {
    const { token } = await makeLink(under.running.desk, { kind: 'set-up', by: 'cli' });
    await under.ask(`/setup?token=${token}`);
    const [link] = await under.runtime.database.prisma.entryLink.findMany({ where: { kind: 'set-up' } });
    expect(link?.expiresAt.getTime()).toBeLessThan(Date.now() + 30 * 60_000 + 1_000);
    expect((await post('/setup', { ...ADMIN, token: link?.tokenHash ?? '' })).status).toBe(410);
    await under.runtime.database.prisma.entryLink.updateMany({ data: { expiresAt: new Date() } });
    expect((await under.ask(`/setup?token=${token}`)).status).toBe(410);
  });

  test('is taken over again by a new link of the terminal, without its second factor', async () => {
    const { token } = await makeLink(under.running.desk, { kind: 'set-up', by: 'cli' });
    const recovered = await post('/setup', { ...ADMIN, token, password: 'a whole new phrase' });
    expect(recovered.status).toBe(303);
    expect((await signIn(ADMIN.email, PASSWORD)).status).toBe(401);
    const { token: back } = await makeLink(under.running.desk, { kind: 'set-up', by: 'cli' });
    await post('/setup', { ...ADMIN, token: back });
    expect((await signIn(ADMIN.email, PASSWORD)).status).toBe(303);
  });
});

describe('signing in', () => {
  test('leads back to where one was, and out again', async () => {
    const stranger = await under.ask('/problems');
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?to=%2Fproblems']);
    const came = await signIn('ana@ACME.test', PASSWORD);
    expect([came.status, came.headers.get('location')]).toEqual([303, '/problems']);
    const headers = { Cookie: cookieOf(came) };
    const page = await under.ask('/problems', { headers });
    expect(page.status).toBe(200);
    expect((await post('/sign-out', { csrf: 'wrong' }, headers)).status).toBe(403);
    expect((await post('/sign-out', { csrf: csrfIn(page) }, headers)).status).toBe(303);
    expect((await under.ask('/api/v1/session', { headers })).status).toBe(401);
  });

  test('says the same of an unknown e-mail as of a wrong password', async () => {
    const wrong = await signIn(ADMIN.email, 'wrong wrong wrong');
    const unknown = await signIn('nobody@acme.test', 'wrong wrong wrong');
    expect(wrong.status).toBe(401);
    expect(unknown.text.replace('nobody@acme.test', '')).toBe(wrong.text.replace(ADMIN.email, ''));
  });

  test('is locked after five wrong passwords, also for the right one, and that is audited', async () => {
    for (const _try of [1, 2, 3, 4, 5])
      expect((await signIn(ADMIN.email, 'wrong wrong wrong')).status).toBe(401);
    const locked = await signIn(ADMIN.email, PASSWORD);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(locked.text).toContain('Try again in 15 minutes.');
    expect((await actions()).filter((action) => action === 'session.locked')).toHaveLength(1);
  });

  test('a token that is guessed locks its address out', async () => {
    for (let guess = 0; guess < 20; guess += 1)
      expect((await under.ask('/api/v1/session', { bearer: `guess-${String(guess)}` })).status).toBe(401);
    const locked = await under.ask('/api/v1/session', { bearer: under.running.adminToken.token });
    expect([locked.status, locked.json['code']]).toEqual([429, 'too-many-requests']);
    expect((await actions()).at(-1)).toBe('session.locked');
  });
});

async function signedIn(): Promise<SignedInBrowser & { readonly headers: { Cookie: string } }> {
  const person = await findPersonByEmail(under.runtime.database.prisma, ADMIN.email);
  const browser = await under.again(person?.id ?? '');
  return { ...browser, headers: { Cookie: browser.cookie } };
}

describe('the second step', () => {
  test('is set up with a code, asked for at sign-in, and each code works once', async () => {
    const { headers, csrf } = await signedIn();
    expect((await post('/account/totp', { csrf }, headers)).headers.get('location')).toBe('/account?totp');
    const { text } = await under.ask('/account?totp', { headers });
    const secret = /class="secret">([A-Z2-7 ]+)</.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    expect((await post('/account/totp/confirm', { csrf, code: '000000' }, headers)).status).toBe(422);
    const now = Date.now();
    const on = await post(
      '/account/totp/confirm',
      { csrf, code: totp.generate({ timestamp: now }) },
      headers,
    );
    const codes = [...on.text.matchAll(/<li>([a-z2-9]{5}-[a-z2-9]{5})<\/li>/g)].map(([, code = '']) => code);
    expect(codes).toHaveLength(10);

    const half = await signIn(ADMIN.email, PASSWORD);
    expect(half.headers.get('location')).toBe('/sign-in/code?to=%2Fproblems');
    const halfHeaders = { Cookie: cookieOf(half) };
    expect((await under.ask('/api/v1/session', { headers: halfHeaders })).status).toBe(401);
    const used = await post('/sign-in/code', { code: totp.generate({ timestamp: now }) }, halfHeaders);
    expect(used.status).toBe(401);
    const next = totp.generate({ timestamp: now + 30_000 });
    const whole = await post('/sign-in/code', { code: next, to: '/problems' }, halfHeaders);
    expect([whole.status, whole.headers.get('location')]).toEqual([303, '/problems']);
    expect((await under.ask('/problems', { headers: { Cookie: cookieOf(whole) } })).status).toBe(200);
    // The half session is over, the id is new.
    expect((await under.ask('/sign-in/code', { headers: halfHeaders })).headers.get('location')).toBe(
      '/sign-in',
    );

    const [code = ''] = codes;
    for (const status of [303, 401]) {
      const cookie = { Cookie: cookieOf(await signIn(ADMIN.email, PASSWORD)) };
      expect((await post('/sign-in/code', { code: code.toUpperCase() }, cookie)).status).toBe(status);
    }
    expect((await post('/account/totp/off', { csrf }, headers)).headers.get('location')).toBe('/account?off');
    expect((await signIn(ADMIN.email, PASSWORD)).headers.get('location')).toBe('/problems');
  });
});

describe('an invitation', () => {
  test('makes an account with the roles it names, once', async () => {
    const memberships = [{ businessId: 'b1', roles: ['finance' as const] }];
    const { token } = await invite(under.running.desk, { email: 'fin@a.test', memberships, by: 'Ana' });
    expect((await under.ask(`/invitation?token=${token}`)).text).toContain('value="fin@a.test" disabled');
    const form = { token, name: 'Fin', password: PASSWORD };
    const joined = await post('/invitation', form);
    expect(joined.status).toBe(303);
    const session = await under.ask('/api/v1/session', { headers: { Cookie: cookieOf(joined) } });
    expect(session.json['businesses']).toEqual([
      { business: 'a', displayName: 'A', timezone: 'Europe/London', mode: 'observe', roles: ['finance'] },
    ]);
    expect((await post('/invitation', form)).status).toBe(410);
  });
});

describe('a link that signs in', () => {
  test('is used by its button, not by looking, and once', async () => {
    const person = await findPersonByEmail(under.runtime.database.prisma, ADMIN.email);
    const link = { kind: 'sign-in', personId: person?.id ?? '', by: 'demo' } as const;
    const { token } = await makeLink(under.running.desk, link);
    for (const _look of [1, 2]) expect((await under.ask(`/sign-in/link?token=${token}`)).status).toBe(200);
    const came = await post('/sign-in/link', { token });
    expect([came.status, came.headers.get('location')]).toEqual([303, '/']);
    const account = await under.ask('/account', { headers: { Cookie: cookieOf(came) } });
    expect(account.text).toContain('Ana');
    expect((await post('/sign-in/link', { token })).status).toBe(410);
  });
});

describe('the app', () => {
  /** The address of its script, as the document that starts it says. */
  const scriptIn = (text: string): string =>
    /src="(\/app\/[^"]+\.js)"/.exec(text)?.[1] ?? 'no script: npm run build';

  test('is one document for every page, never kept, under a policy without inline anything', async () => {
    const browser = await signedIn();
    for (const path of ['/', '/reviews/1?state=open', '/no-such-page']) {
      const page = await under.ask(path, { browser });
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(scriptIn(page.text)).toMatch(/^\/app\//);
    }
    const program = await under.ask('/no-such-page', { browser, headers: { Accept: 'application/json' } });
    expect(program.status).toBe(404);
  });

  test('has files that are kept for ever, compressed, and none for strangers', async () => {
    const browser = await signedIn();
    const script = scriptIn((await under.ask('/', { browser })).text);
    const { status, headers } = await under.ask(script, { browser, headers: { 'Accept-Encoding': 'gzip' } });
    expect([status, headers.get('content-encoding'), headers.get('cache-control')]).toEqual([
      200,
      'gzip',
      'private, max-age=31536000, immutable',
    ]);
    const plain = await under.ask(script, { browser, headers: { 'Accept-Encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect((await under.ask('/app/gone.js', { browser })).status).toBe(404);
    expect((await under.ask(script)).headers.get('location')).toContain('/sign-in?to=');
  });
});

describe('pages', () => {
  test('are served under our own host only, to browsers', async () => {
    const { cookie } = await signedIn();
    const { port } = under.running;
    const { request } = await import('node:http');
    const statusOf = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const asked = request({ port, path: '/problems', headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        asked.on('error', reject).end();
      });
    expect(await statusOf({ host: 'evil.test', cookie })).toBe(421);
    expect(await statusOf({ host: '127.0.0.1:4001', cookie })).toBe(200);
    const authorization = `Bearer ${under.running.adminToken.token}`;
    expect(await statusOf({ host: 'console:4001', authorization })).toBe(200);
  });

  test('have no inline script or style, and say so; only the board may', async () => {
    const { headers } = await signedIn();
    for (const path of ['/sign-in', '/', '/account', '/problems', '/nowhere', '/api/v1/session']) {
      const page = await under.ask(path, { headers });
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self';style-src 'self';");
      expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style| style="| on\w+="/);
    }
    const board = await under.ask('/queues/', { headers });
    expect(board.headers.get('content-security-policy')).toContain(
      "script-src 'self';style-src 'self' 'unsafe-inline'",
    );
  });

  test('escape what people typed', async () => {
    const evil = '<img src=x onerror=alert(1)>"';
    const page = await post('/sign-in', { email: evil, password: 'wrong wrong wrong' });
    expect(page.text).not.toContain('<img');
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;');
  });
});
