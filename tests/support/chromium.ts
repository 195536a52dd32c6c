import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; null when it has none, which with `CI=true` is a failure. */
export function chromiumPath(): string | null {
  const found = PLACES.find((path) => existsSync(path)) ?? null;
  if (found === null && process.env['CI'] === 'true')
    throw new Error(`CI needs a Chromium at one of ${PLACES.join(', ')}`);
  if (found === null)
    process.stderr.write('\nSKIPPED: tests in a browser, there is no Chromium on this machine\n');
  return found;
}

/** Starts it headless. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
