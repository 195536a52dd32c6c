import { collectDefaultMetrics, Registry } from 'prom-client';

/** One process's metrics: everything on it is labelled with the role. Parts add theirs with `registers: [metrics]`. */
export function createMetrics(role: string): Registry {
  const metrics = new Registry();
  metrics.setDefaultLabels({ role });
  collectDefaultMetrics({ register: metrics });
  return metrics;
}
