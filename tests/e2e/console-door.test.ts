import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { freePort } from '@mlc/testkit/setup/free-port';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { withConsole } from '../support/console-under-test.ts';

jest.setTimeout(120_000);

const executablePath = chromiumPath();
const describeInBrowser = executablePath === null ? describe.skip : describe;
const PICTURES = process.env['MLC_TEST_PICTURES'];
const PASSWORD = 'correct horse battery';
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } } as const;

/** Passkeys need a host name. */
const port = await freePort();
const under = withConsole({
  CONSOLE_PORT: String(port),
  MLC_CONSOLE_URL: `http://localhost:${String(port)}`,
});
const at = (path: string): string => `http://localhost:${String(port)}${path}`;

describeInBrowser('the door, in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(executablePath ?? '');
    context = await browser.newContext({ viewport: SIZES.desktop });
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy'))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser.close();
  });

  /** The page as it is, in both schemes and sizes: nothing may scroll sideways. */
  const look = async (name: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        const [wide, seen] = await page.evaluate<[number, number]>(
          '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
        );
        expect({ name, size, wide }).toEqual({ name, size, wide: seen });
        if (PICTURES === undefined) continue;
        await mkdir(PICTURES, { recursive: true });
        await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}-${size}.png`, fullPage: true });
      }
    await page.setViewportSize(SIZES.desktop);
  };

  const signOut = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Account of Ana Silva' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  };

  /** An authenticator of the browser's own. */
  const authenticator = async (): Promise<CDPSession> => {
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable');
    const traits = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      automaticPresenceSimulation: true,
      ...traits,
    } as const;
    await session.send('WebAuthn.addVirtualAuthenticator', { options });
    return session;
  };

  test('the set-up makes an admin, who adds a passkey', async () => {
    await page.goto(under.running.setUpUrl ?? '');
    await look('set-up');
    await page.getByLabel('Your name').fill('Ana Silva');
    await page.getByLabel('E-mail').fill('ana@acme.test');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make my account' }).click();
    await page.getByRole('status').filter({ hasText: 'Your account is ready' }).waitFor();
    await authenticator();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('cell', { name: 'This device' }).waitFor();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await page.getByLabel('Code').waitFor();
    await look('account');
    await page.goto(at('/problems'));
    await look('problems');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  });

  test('signing out and in again: by passkey, and by password where a wrong one is said', async () => {
    await signOut();
    await look('sign-in');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await signOut();
    await page.getByLabel('E-mail').fill('ana@acme.test');
    await page.getByLabel('Password').fill('wrong wrong wrong');
    complaints.length = 0;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'E-mail or password is wrong' }).waitFor();
    await look('sign-in-wrong');
    // The browser itself reports an answer of 401 as an error.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    complaints.length = 0;
  });

  test('without JavaScript one comes in all the same', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const other = await plain.newPage();
    await other.goto(at('/queues/'));
    await other.getByLabel('E-mail').fill('ana@acme.test');
    await other.getByLabel('Password').fill(PASSWORD);
    expect(await other.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.waitForURL(at('/queues/'));
    await plain.close();
  });

  test('the pages break no rule of their own policy', () => {
    expect(complaints).toEqual([]);
  });
});
