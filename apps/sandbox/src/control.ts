import express from 'express';
import type { Request, Response, Router } from 'express';
import type { SandboxClock } from './clock.ts';
import type { Deliveries, DeliveryOptions } from './deliveries.ts';
import { FAULT_KINDS } from './faults.ts';
import type { FaultRule, Faults } from './faults.ts';

export type ScenarioInput = Readonly<Record<string, unknown>>;

/** Something a person or a script can make happen at a provider: `POST /_sandbox/scenarios/<name>`. */
export type Scenario = (input: ScenarioInput) => unknown;

/** What the control API needs of a sandboxed provider. */
export interface ControlTarget {
  readonly provider: string;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly deliveries: Deliveries;
  /** Everything it holds, as plain JSON. */
  state(): unknown;
  readonly scenarios: Readonly<Record<string, Scenario>>;
}

/** A wrong call of the control API; answered 400 with the message. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/**
 * The sandbox's own small API beside the provider's, never part of it: faults, clock, webhooks, state, scenarios under
 * `/_sandbox`, and `/livez`, `/readyz`. Mount it first.
 */
export function controlRouter(target: ControlTarget): Router {
  const router = express.Router();
  router.get(['/livez', '/readyz'], (_req, res) => void res.json({ ok: true, provider: target.provider }));
  const control = express.Router();
  control.use(express.json({ limit: '1mb' }));
  control.get('/', (_req, res) => void res.json(overview(target)));
  control.get('/state', (_req, res) => void res.json(target.state()));
  mountFaults(control, target.faults);
  mountClock(control, target.clock);
  mountWebhooks(control, target.deliveries);
  mountScenarios(control, target.scenarios);
  control.use((req, res) => void res.status(404).json({ error: `no control ${req.method} ${req.path}` }));
  control.use(answerError);
  router.use('/_sandbox', control);
  return router;
}

function overview({ provider, clock, faults, deliveries, scenarios }: ControlTarget): object {
  return {
    provider,
    now: clock.now().toISOString(),
    faults: faults.list().length,
    webhooks: deliveries.options,
    scenarios: Object.keys(scenarios).sort(),
  };
}

function mountFaults(router: Router, faults: Faults): void {
  router.get('/faults', (_req, res) => void res.json(faults.list().map(readable)));
  router.post('/faults', (req, res) => void res.status(201).json(readable(faults.add(faultFrom(req.body)))));
  router.delete(['/faults', '/faults/:id'], (req, res) => {
    faults.clear(textParam(req, 'id'));
    res.status(204).end();
  });
}

/** Express leaves out optional parameters but types them as present. */
function textParam(req: Request, name: string): string | undefined {
  const value = (req.params as Record<string, string | string[] | undefined>)[name];
  return typeof value === 'string' ? value : undefined;
}

function readable(rule: FaultRule): object {
  return { ...rule, path: String(rule.path) };
}

function faultFrom(body: unknown): FaultRule {
  const rule = record(body);
  const { kind, path } = rule;
  if (!FAULT_KINDS.some((known) => known === kind))
    throw new ControlError(`kind: one of ${FAULT_KINDS.join(', ')}`);
  if (typeof path !== 'string') throw new ControlError('path: part of a path, or a pattern between slashes');
  for (const name of ['after', 'status', 'delayMs']) {
    if (rule[name] !== undefined && !isNumber(rule[name])) throw new ControlError(`${name}: a number`);
  }
  if (rule['times'] !== undefined && !isCountValue(rule['times']))
    throw new ControlError('times: a number, or "always"');
  const pattern = /^\/(.*)\/$/.exec(path)?.[1];
  const isPattern = pattern !== undefined && /[\\^$*+?|()[\]]/.test(pattern);
  return { ...(rule as unknown as FaultRule), path: isPattern ? new RegExp(pattern) : path };
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

/** `{"advanceDays":1}` or `{"advanceTo":"2026-11-30T09:00:00Z"}`. */
function mountClock(router: Router, clock: SandboxClock): void {
  const now = (res: Response): void => void res.json({ now: clock.now().toISOString() });
  router.get('/clock', (_req, res) => now(res));
  router.post('/clock', async (req, res) => {
    const { advanceDays, advanceTo } = record(req.body);
    if (typeof advanceDays === 'number') await clock.advanceDays(advanceDays);
    else if (typeof advanceTo === 'string') await clock.advanceTo(new Date(advanceTo));
    else throw new ControlError('give advanceDays (number) or advanceTo (RFC 3339 time)');
    now(res);
  });
}

function mountWebhooks(router: Router, deliveries: Deliveries): void {
  router.get('/webhooks', (_req, res) => void res.json(deliveries.options));
  router.patch('/webhooks', (req, res) => {
    deliveries.set(webhookOptionsFrom(record(req.body), deliveries.options));
    res.json(deliveries.options);
  });
  router.get('/webhooks/log', (_req, res) => void res.json(deliveries.log));
  router.post('/webhooks/idle', async (_req, res) => {
    await deliveries.idle();
    res.status(204).end();
  });
  router.post('/webhooks/log/:id/resend', (req, res) => {
    if (!deliveries.resend(req.params.id)) throw new ControlError(`no delivery ${req.params.id}`);
    res.status(202).end();
  });
}

/** Options must exist and be of the kind they have now; counts may also be "always". */
function webhookOptionsFrom(
  given: Record<string, unknown>,
  current: Readonly<DeliveryOptions>,
): Partial<DeliveryOptions> {
  const known = current as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    const isCount = name === 'drop' || name === 'duplicate';
    if (!Object.hasOwn(known, name))
      throw new ControlError(`no webhook option ${name}; see GET /_sandbox/webhooks`);
    const isFine = isCount ? isCountValue(value) : typeof value === typeof known[name];
    if (!isFine) throw new ControlError(`${name}: must be like ${JSON.stringify(known[name])}`);
  }
  return given;
}

function isCountValue(value: unknown): boolean {
  return value === 'always' || (Number.isInteger(value) && Number(value) >= 0);
}

function mountScenarios(router: Router, scenarios: ControlTarget['scenarios']): void {
  router.get('/scenarios', (_req, res) => void res.json(Object.keys(scenarios).sort()));
  router.post('/scenarios/:name', async (req, res) => {
    const scenario = scenarios[req.params.name];
    if (scenario === undefined)
      throw new ControlError(`no scenario ${req.params.name}; see GET /_sandbox/scenarios`);
    const outcome: unknown = await scenario(record(req.body ?? {}));
    res.json(outcome ?? {});
  });
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ControlError('the body must be a JSON object');
}

function answerError(error: Error, _req: Request, res: Response, _next: () => void): void {
  res
    .status(error instanceof ControlError || error instanceof RangeError ? 400 : 500)
    .json({ error: error.message });
}
