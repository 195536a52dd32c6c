import { Counter, type Registry } from 'prom-client';

const NAME = 'mlc_console_refused_total';

/** Counts what the console refused, by why. */
export function consoleCounters(registry: Registry): { refused(why: string): void } {
  // Two consoles of one process share a registry.
  registry.removeSingleMetric(NAME);
  const refused = new Counter({
    name: NAME,
    help: 'requests the console refused: wrong tokens, sessions that are over, failed sign-ins, other sites, lockouts',
    labelNames: ['why'],
    registers: [registry],
  });
  return { refused: (why) => refused.inc({ why }) };
}
