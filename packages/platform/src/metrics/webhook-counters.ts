import { Counter, type Registry } from 'prom-client';

/** What the ingress counts. Plain numbers on the hot path; Prometheus reads them when it asks. */
export interface WebhookCounters {
  /** One HTTP answer. */
  answered(provider: string, status: number): void;
  /** The events of a committed delivery. */
  stored(provider: string, accepted: number, duplicates: number): void;
  /** Takes the metrics off the registry again. */
  close(): void;
}

/** Registers `mlc_webhook_answers_total{provider,status}` and `mlc_webhook_events_total{provider,outcome}`. */
export function webhookCounters(registry: Registry): WebhookCounters {
  const answers = numbers(registry, {
    name: 'mlc_webhook_answers_total',
    help: 'Answers to webhook deliveries by HTTP status',
    labelNames: ['provider', 'status'],
  });
  const events = numbers(registry, {
    name: 'mlc_webhook_events_total',
    help: 'Events of committed deliveries, new ones and duplicates',
    labelNames: ['provider', 'outcome'],
  });
  return {
    answered: (provider, status) => answers.add(provider, String(status), 1),
    stored: (provider, accepted, duplicates) => {
      if (accepted > 0) events.add(provider, 'accepted', accepted);
      if (duplicates > 0) events.add(provider, 'duplicate', duplicates);
    },
    close: () => [answers, events].forEach((metric) => metric.close()),
  };
}

interface Numbers {
  add(first: string, second: string, by: number): void;
  close(): void;
}

/** A counter with two labels over nested maps: prom-client builds and hashes a label object for every increment. */
function numbers(
  registry: Registry,
  shape: { name: string; help: string; labelNames: [string, string] },
): Numbers {
  const totals = new Map<string, Map<string, number>>();
  const [firstLabel, secondLabel] = shape.labelNames;
  new Counter({
    ...shape,
    registers: [registry],
    collect() {
      this.reset();
      for (const [first, bySecond] of totals)
        for (const [second, total] of bySecond)
          this.inc({ [firstLabel]: first, [secondLabel]: second }, total);
    },
  });
  return {
    add: (first, second, by) => {
      let bySecond = totals.get(first);
      if (bySecond === undefined) totals.set(first, (bySecond = new Map<string, number>()));
      bySecond.set(second, (bySecond.get(second) ?? 0) + by);
    },
    close: () => registry.removeSingleMetric(shape.name),
  };
}
