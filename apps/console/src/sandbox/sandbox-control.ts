import type { Config } from '@mlc/platform/config/config';
import { isLoopback } from '../door/door.ts';
import { Problem } from '../http/problem.ts';

/** The simulated providers, by the name their control API goes by. */
export const SANDBOXED = ['freshbooks', 'gocardless', 'paypal'] as const;
export type Sandboxed = (typeof SANDBOXED)[number];

/** One call of a simulated provider's control API. */
export interface ControlCall {
  readonly provider: Sandboxed;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/_sandbox`. */
  readonly path: string;
  readonly body?: unknown;
}

const ANSWER_MS_MAX = 30_000;

/** Where the simulated provider is; null when the provider is the real one, or not on this machine. */
function controlUrl(config: Pick<Config, Sandboxed>, provider: Sandboxed): string | null {
  const { apiUrl } = config[provider];
  if (apiUrl === null || !isLoopback(new URL(apiUrl).hostname)) return null;
  return `${new URL(apiUrl).origin}/_sandbox`;
}

/** What it answers. @throws Problem `not-found` where no sandbox runs; `refused` in its own words for a wrong call */
export async function askSandbox(config: Pick<Config, Sandboxed>, call: ControlCall): Promise<unknown> {
  const url = controlUrl(config, call.provider);
  if (url === null) throw noSandbox();
  const { method, path, body } = call;
  const response = await fetch(url + path, {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((): never => {
    throw noSandbox();
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { error } = answer as { error?: unknown };
  if (response.status === 400 && typeof error === 'string') throw new Problem('refused', error);
  throw noSandbox();
}

function noSandbox(): Problem {
  return new Problem('not-found', 'No sandbox runs here.');
}
