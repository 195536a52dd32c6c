import type { Request, RequestHandler, Response } from 'express';

/** What goes wrong. `…-after` kinds let the work be committed first; the others keep the request from the API. */
export type FaultKind =
  | 'status'
  | 'rate-limit'
  | 'slow'
  | 'cut-before'
  | 'cut-after'
  | 'status-after'
  | 'garbage'
  | 'ok-with-errors';

export const FAULT_KINDS: readonly FaultKind[] = [
  'status',
  'rate-limit',
  'slow',
  'cut-before',
  'cut-after',
  'status-after',
  'garbage',
  'ok-with-errors',
];

export interface FaultRule {
  readonly kind: FaultKind;
  /** HTTP method; every method when left out. */
  readonly method?: string;
  /** Part of the request's path and query, or a pattern (over HTTP: `"/^\\/payments/"`). */
  readonly path: string | RegExp;
  /** How many matching requests it strikes; 1 when left out. */
  readonly times?: number | 'always';
  /** Matching requests that pass unharmed first. */
  readonly after?: number;
  /** `status`, `status-after`: default 500. */
  readonly status?: number;
  /** Answer instead of the provider's usual one; an empty text is no body at all. */
  readonly body?: unknown;
  /** `slow`: real milliseconds before the work starts. */
  readonly delayMs?: number;
}

export interface PlacedFault extends FaultRule {
  readonly id: string;
  /** Requests that matched so far, struck or not. */
  matched: number;
  struck: number;
}

/** How a provider words the answers a fault gives. */
export interface FaultVoice {
  status(status: number): unknown;
  /** A body of undefined is none at all. */
  rateLimit(req?: Request): { headers: Record<string, string>; body: unknown };
  okWithErrors(): unknown;
}

/** The fault rules of one sandboxed provider, in memory. The first rule that strikes wins. */
export class Faults {
  #rules: PlacedFault[] = [];
  #lastId = 0;
  readonly #voice: FaultVoice;

  constructor(voice: FaultVoice) {
    this.#voice = voice;
  }

  add(rule: FaultRule): PlacedFault {
    this.#lastId += 1;
    const placed = { ...rule, id: `fault-${this.#lastId}`, matched: 0, struck: 0 };
    this.#rules.push(placed);
    return placed;
  }

  list(): readonly PlacedFault[] {
    return this.#rules;
  }

  /** Takes away one rule, or all of them. */
  clear(id?: string): void {
    this.#rules = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id);
  }

  /** Express middleware; mount it behind the control API and before the provider's routes. */
  middleware(): RequestHandler {
    return (req, res, next) => {
      const rule = this.#strike(req);
      if (rule === undefined) next();
      else this.#apply(rule, req, res, next);
    };
  }

  #strike(req: Request): PlacedFault | undefined {
    for (const rule of this.#rules) {
      if (!matches(rule, req)) continue;
      rule.matched += 1;
      const isDue = rule.matched > (rule.after ?? 0);
      const isLeft = rule.times === 'always' || rule.struck < (rule.times ?? 1);
      if (!isDue || !isLeft) continue;
      rule.struck += 1;
      return rule;
    }
    return undefined;
  }

  #apply(rule: FaultRule, req: Request, res: Response, next: () => void): void {
    switch (rule.kind) {
      case 'slow':
        setTimeout(next, rule.delayMs ?? 1000);
        return;
      case 'cut-before':
        req.socket.destroy();
        return;
      case 'cut-after':
        replaceAnswer(res, () => req.socket.destroy());
        next();
        return;
      case 'status-after':
        replaceAnswer(res, () => this.#answer(rule, res));
        next();
        return;
      case 'status':
      case 'rate-limit':
      case 'garbage':
      case 'ok-with-errors':
        this.#answer(rule, res);
    }
  }

  #answer({ kind, status, body }: FaultRule, res: Response): void {
    const code = status ?? 500;
    if (kind === 'rate-limit') {
      const limited = this.#voice.rateLimit(res.req);
      send(res.set(limited.headers).status(429), body ?? limited.body);
    } else if (kind === 'garbage') {
      res
        .status(status ?? 200)
        .type('html')
        .send(body ?? '<html><body>Bad gateway</body></html>');
    } else if (kind === 'ok-with-errors') send(res.status(200), body ?? this.#voice.okWithErrors());
    else send(res.status(code), body ?? this.#voice.status(code));
  }
}

function send(res: Response, body: unknown): void {
  if (body === undefined || body === '') res.end();
  else res.json(body);
}

/** The provider's own answer is thrown away at the moment it would leave; its work is done by then. */
function replaceAnswer(res: Response, instead: () => unknown): void {
  const end = res.end.bind(res);
  const write = res.write.bind(res);
  const swallow = (): Response => {
    res.end = end;
    res.write = write;
    for (const name of ['content-type', 'content-length', 'etag']) res.removeHeader(name);
    instead();
    return res;
  };
  res.write = () => true;
  res.end = swallow;
}

function matches(rule: FaultRule, req: Request): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== req.method) return false;
  if (rule.path instanceof RegExp) return rule.path.test(req.originalUrl);
  return req.originalUrl.includes(rule.path);
}
