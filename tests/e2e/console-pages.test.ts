import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { type SignedInBrowser, withConsole } from '../support/console-under-test.ts';

jest.setTimeout(180_000);

const executablePath = chromiumPath();
const describeInBrowser = executablePath === null ? describe.skip : describe;
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } } as const;
/** A theme changes colours only: what else axe knows is asked once a size. */
const RULES = {
  light: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const;

const under = withConsole();
const at = (path: string): string => `http://127.0.0.1:${String(under.running.port)}${path}`;
const prisma = () => under.runtime.database.prisma;
const asked = { businessId: 'b1', openedAt: new Date('2026-11-05T09:00:00Z'), currency: 'GBP' };

async function openReview(id: string, kind = 'refund'): Promise<void> {
  const subject = { subjectProvider: 'gocardless', subjectType: 'payment', subjectId: `PM${id}` };
  const candidates = [{ invoiceId: '7', invoiceNumber: '0000007', score: 50, why: 'same amount' }];
  const said = { reasons: [`Money of ${id} was given back.`], candidates, amountMinor: 8_000n };
  await prisma().review.create({ data: { id, kind, ...asked, ...subject, ...said } });
}

/** What the pages show: two questions of a kind, one with candidates, an invoice, an event that died. */
async function seed(): Promise<void> {
  for (const id of ['r1', 'r2', 'r3']) await openReview(id);
  await openReview('r4', 'ambiguous_match');
  const money = { amountMinor: 82_000n, outstandingMinor: 82_000n, currency: 'GBP' };
  const facts = {
    number: '0000010',
    clientId: '23',
    clientName: 'Northwind',
    due: '2026-11-08',
    state: 'came-back',
  };
  const touchedAt = new Date('2026-11-09T09:00:00Z');
  await prisma().invoice.create({
    data: { businessId: 'b1', invoiceId: '10', ...money, ...facts, touchedAt },
  });
  const about = {
    businessId: 'b1',
    connectionId: 'c1',
    provider: 'gocardless',
    type: 'payments',
    payload: '',
  };
  const { id: eventId } = await prisma().inboundEvent.create({
    data: { ...about, externalEventId: 'EV1', resourceId: 'PM1', correlationId: 'k1', state: 'dead' },
  });
  const failure = { failureKind: 'transient', error: 'GoCardless answered 503', details: {}, attempts: 8 };
  const flow = 'payment-to-freshbooks';
  await prisma().deadLetter.create({
    data: { id: 'd1', businessId: 'b1', eventId: String(eventId), flow, ...failure },
  });
}

describeInBrowser('the console, in a browser', () => {
  let browser: Browser;
  let axe: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    const require = createRequire(import.meta.url);
    axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    await seed();
    browser = await launchChromium(executablePath ?? '');
  });

  afterAll(async () => {
    await browser.close();
  });

  /** A window of somebody who is signed in. */
  const windowOf = async ({ cookie }: SignedInBrowser): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await browser.newContext({ viewport: SIZES.desktop });
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy'))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { context, page };
  };

  const windowAs = async (...roles: ('viewer' | 'finance' | 'operator' | 'admin')[]) =>
    windowOf(await under.person([{ businessId: 'b1', roles }]));

  test('a review is answered with a key, taken back with another, and waits for the ten seconds', async () => {
    const { context, page } = await windowAs('finance');
    await page.goto(at('/reviews/r1'));
    await page.getByLabel('Note').fill('credit note written');
    await page.getByLabel('Note').press('Escape');
    await page.keyboard.press('d');
    await page.getByText('1 answer counts in').waitFor();
    // The next one is shown at once.
    await page.waitForURL(/\/reviews\/r[23]/);
    await page.keyboard.press('u');
    await page.getByText('1 answer taken back.').waitFor();
    await page.waitForURL(/\/reviews\/r1/);
    await page.getByRole('button', { name: 'Done' }).waitFor();
    const row = await prisma().review.findUniqueOrThrow({ where: { id: 'r1' } });
    expect([row.state, row.pending]).toEqual(['open', null]);
    await context.close();
  });

  test('of two people who answer one review the second sees the first, and keeps the note', async () => {
    const [ana, ben] = [await windowAs('finance'), await windowAs('finance')];
    for (const { page } of [ana, ben]) {
      await page.goto(at('/reviews/r2'));
      await page.getByRole('button', { name: 'Done' }).waitFor();
    }
    await ben.page.getByLabel('Note').fill('mine');
    await ana.page.getByRole('button', { name: 'Ignore' }).click();
    await ana.page.getByText('1 answer counts in').waitFor();
    await ben.page.getByRole('button', { name: 'Done' }).click();
    await ben.page.getByRole('alert').filter({ hasText: 'It has changed since you saw it' }).waitFor();
    await ben.page
      .getByText(/^Ignore$/)
      .first()
      .waitFor();
    expect(await ben.page.getByLabel('Note').inputValue()).toBe('mine');
    for (const { context } of [ana, ben]) await context.close();
    // The browser itself reports an answer of 412 as an error.
    expect(complaints.filter((text) => !text.includes('412'))).toEqual([]);
    complaints.length = 0;
  });

  test('who may not decide sees all, and is told why; a dead letter is replayed by an operator', async () => {
    const { context, page } = await windowAs('operator');
    await page.goto(at('/reviews/r4'));
    await page.getByText('This needs the role finance').waitFor();
    expect(await page.getByRole('button', { name: 'Done' }).getAttribute('aria-disabled')).toBe('true');
    await page.goto(at('/dead-letters'));
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('1 event is queued to run again.').waitFor();
    await page.getByText('Nothing broke.').waitFor();
    await page.goto(at('/settings'));
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0);
    await context.close();
  });

  test('who is signed out elsewhere keeps the page and is told', async () => {
    const person = await under.person([{ businessId: 'b1', roles: ['finance'] }]);
    const { context, page } = await windowOf(person);
    await page.goto(at('/reviews/r3'));
    await page.getByLabel('Note').fill('half a thought');
    await prisma().personSession.deleteMany({ where: { personId: person.personId } });
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('alert').filter({ hasText: 'You are signed out' }).waitFor();
    expect(await page.getByLabel('Note').inputValue()).toBe('half a thought');
    expect(await page.getByRole('link', { name: 'Sign in again' }).getAttribute('href')).toBe(
      '/sign-in?to=%2Freviews%2Fr3',
    );
    await context.close();
    complaints.length = 0;
  });

  const PAGES = {
    Overview: '/',
    'Cash flow': '/cash-flow',
    Invoices: '/invoices',
    'Invoice 0000010': '/invoices/10',
    Reviews: '/reviews/r4',
    'Dead letters': '/dead-letters',
    'Book a debit': '/dead-letters/d1',
    Audit: '/audit',
    Connections: '/connections',
    Queues: '/jobs',
    Settings: '/settings/people',
    'There is no such page': '/nowhere',
  };

  test('no page hinders anybody, breaks the policy or scrolls sideways, light or dark, large or small', async () => {
    const { context, page } = await windowAs('admin');
    const found: { readonly where: string; readonly broken: unknown; readonly isWide: unknown }[] = [];
    for (const [title, path] of Object.entries(PAGES)) {
      await page.goto(at(path));
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      await page.evaluate(axe);
      for (const colorScheme of ['light', 'dark'] as const)
        for (const [size, viewport] of Object.entries(SIZES)) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize(viewport);
          const broken = await page.evaluate(
            `axe.run(document, { runOnly: ${JSON.stringify(RULES[colorScheme])} }).then(({ violations }) =>
              violations.map(({ id, nodes }) => id + ' ' + nodes[0].target.join(' ')))`,
          );
          const isWide = await page.evaluate(
            'document.documentElement.scrollWidth > document.documentElement.clientWidth',
          );
          found.push({ where: `${path} ${colorScheme} ${size}`, broken, isWide });
        }
    }
    expect(found.filter(({ broken, isWide }) => isWide === true || (broken as unknown[]).length > 0)).toEqual(
      [],
    );
    await context.close();
    expect(complaints).toEqual([]);
  });
});
