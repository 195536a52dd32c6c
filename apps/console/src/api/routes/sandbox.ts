import { askSandbox, SANDBOXED } from '../../sandbox/sandbox-control.ts';
import { listOf } from '../account-schemas.ts';
import { route } from '../route.ts';
import { instant } from '../schemas.ts';
import { z } from '../zod.ts';

const finance = { role: 'finance', within: 'deployment', status: 200 } as const;
const provider = z.object({ provider: z.enum(SANDBOXED) });
const facts = z.record(z.string(), z.unknown());
const now = z.object({ now: instant });

const overview = z.object({
  provider: z.string(),
  now: instant,
  faults: z.number().int(),
  webhooks: facts,
  scenarios: z.array(z.string()),
});

export const sandboxRoutes = [
  route({
    id: 'getSandbox',
    method: 'get',
    path: '/sandbox',
    summary: 'The simulated providers and what can be made happen there; 404 where the providers are real',
    ...finance,
    answer: listOf(overview),
    run: async ({ parts }) => {
      const asked = SANDBOXED.map((each) =>
        askSandbox(parts.config, { provider: each, method: 'GET', path: '/' }),
      );
      return { body: { items: (await Promise.all(asked)) as z.input<typeof overview>[] } };
    },
  }),
  route({
    id: 'advanceSandbox',
    method: 'post',
    path: '/sandbox/clock',
    summary: 'Let days go by, for all simulated providers',
    ...finance,
    body: z.strictObject({ advanceDays: z.number().int().min(1).max(366) }),
    answer: now,
    run: async ({ parts, body }) => {
      const call = { provider: 'freshbooks', method: 'POST', path: '/clock', body } as const;
      return { body: (await askSandbox(parts.config, call)) as z.input<typeof now> };
    },
  }),
  route({
    id: 'getSandboxState',
    method: 'get',
    path: '/sandbox/{provider}/state',
    summary: 'Everything a simulated provider holds',
    ...finance,
    params: provider,
    answer: facts,
    run: async ({ parts, params }) => ({
      body: (await askSandbox(parts.config, { ...params, method: 'GET', path: '/state' })) as z.input<
        typeof facts
      >,
    }),
  }),
  route({
    id: 'playScenario',
    method: 'post',
    path: '/sandbox/{provider}/scenarios/{scenario}',
    summary: 'Make something happen: create an invoice, pay it, fail a debit, charge back …',
    ...finance,
    params: provider.extend({ scenario: z.string().regex(/^[A-Za-z]{1,60}$/) }),
    body: z.strictObject({ input: facts.default({}) }),
    answer: facts,
    run: async ({ parts, params, body: { input: body } }) => {
      const path = `/scenarios/${params.scenario}`;
      const call = { provider: params.provider, method: 'POST', path, body } as const;
      return { body: (await askSandbox(parts.config, call)) as z.input<typeof facts> };
    },
  }),
  route({
    id: 'changeSandboxWebhooks',
    method: 'patch',
    path: '/sandbox/{provider}/webhooks',
    summary: 'Lose, double or hold back webhooks',
    ...finance,
    params: provider,
    body: z.strictObject({ options: facts }),
    answer: facts,
    run: async ({ parts, params, body: { options: body } }) => {
      const call = { ...params, method: 'PATCH', path: '/webhooks', body } as const;
      return { body: (await askSandbox(parts.config, call)) as z.input<typeof facts> };
    },
  }),
  route({
    id: 'addSandboxFault',
    method: 'post',
    path: '/sandbox/{provider}/faults',
    summary: 'Let calls of a path fail',
    ...finance,
    params: provider,
    body: z.strictObject({ rule: facts }),
    answer: facts,
    run: async ({ parts, params, body: { rule: body } }) => {
      const call = { ...params, method: 'POST', path: '/faults', body } as const;
      return { body: (await askSandbox(parts.config, call)) as z.input<typeof facts> };
    },
  }),
  route({
    id: 'clearSandboxFaults',
    method: 'delete',
    path: '/sandbox/{provider}/faults',
    summary: 'Let all calls work again',
    ...finance,
    status: 204,
    params: provider,
    answer: null,
    run: async ({ parts, params }) => {
      await askSandbox(parts.config, { ...params, method: 'DELETE', path: '/faults' });
      return { body: null };
    },
  }),
];
