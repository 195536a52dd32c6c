import type { Sandbox } from '@mlc/sandbox';

/** Day of October → what happens to the merchant's own money. No invoice tells of it; the end of the month has to. */
const MOVES: Readonly<Record<number, (sandbox: Sandbox) => unknown>> = {
  15: ({ paypal }) => paypal.scenarios.withdraw({ amount: '350.00' }),
  19: ({ gocardless }) => gocardless.scenarios.useFxPayouts({ currency: 'GBP' }),
  29: ({ paypal }) => paypal.scenarios.withdraw({ amount: '120.00', isAutomatic: true }),
};

export function moveMoney(sandbox: Sandbox, day: number): void {
  MOVES[day]?.(sandbox);
}
