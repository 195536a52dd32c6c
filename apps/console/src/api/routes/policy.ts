import type { Business } from '@mlc/core';
import { BusinessFileError } from '@mlc/platform/config/business-file';
import { sha256Hex } from '@mlc/platform/clock/system';
import { switchMode } from '@mlc/platform/set-up/business-mode';
import { loadBusiness } from '@mlc/platform/set-up/businesses';
import { changeBusiness } from '@mlc/platform/set-up/change-business';
import { Problem } from '../../http/problem.ts';
import { modeChange, modeChanged, policy, policyChange } from '../connection-schemas.ts';
import { route } from '../route.ts';
import { ofBusiness } from '../schemas.ts';
import { z } from '../zod.ts';
import { mutable } from './reviews.ts';

const inBusiness = { within: 'business', query: z.strictObject(ofBusiness), status: 200 } as const;

export const policyRoutes = [
  route({
    id: 'getPolicy',
    method: 'get',
    path: '/policy',
    summary: 'What the business chose; the ETag is the SHA-256 of it',
    role: 'viewer',
    ...inBusiness,
    answer: policy,
    run: ({ business }) => Promise.resolve(reply(business)),
  }),
  route({
    id: 'changePolicy',
    method: 'put',
    path: '/policy',
    summary: 'Choose otherwise, all of it; the mode is switched by itself',
    role: 'admin',
    ...inBusiness,
    body: policyChange,
    needsMatch: 'sha256',
    answer: policy,
    run: async ({ parts, business, caller, body, sha256 }) => {
      if (sha256 !== reply(business).sha256)
        throw new Problem('stale', 'Somebody chose otherwise since you saw it.', {
          current: business.policy,
        });
      const { database, clock, desk } = parts;
      const change = { businessId: business.id, by: caller.actor, policy: body };
      await changeBusiness({ database, vault: desk.vault, clock }, change).catch(asProblem);
      return reply(await loadBusiness(database.prisma, business.id));
    },
  }),
  route({
    id: 'switchMode',
    method: 'put',
    path: '/policy/mode',
    summary:
      'Go live: what waits runs, decided anew. Or observe: nothing is written at a provider until going live',
    role: 'admin',
    isSensitive: true,
    ...inBusiness,
    body: modeChange,
    answer: modeChanged,
    run: async ({ parts, business, caller, body }) => {
      const wish = { businessId: business.id, by: caller.actor, ...body };
      return { body: mutable(await switchMode(parts.database, parts.clock, wish)) };
    },
  }),
];

function reply({ policy: chosen }: Business) {
  const { mode, limits, collectFrom, chargeDate, noMandate, recordPaymentAt, onLateFailure, ...rest } =
    chosen;
  const { paypalFees, gocardlessFees, payoutEntry, accounts } = rest;
  const body = {
    ...{ mode, limits, collectFrom, chargeDate, noMandate, recordPaymentAt, onLateFailure },
    ...{ paypalFees, gocardlessFees, payoutEntry, accounts },
  };
  return { body: mutable(body), sha256: sha256Hex(JSON.stringify(body)) };
}

function asProblem(error: unknown): never {
  if (!(error instanceof BusinessFileError)) throw error;
  const errors = error.problems.map(({ path, message }) => ({
    pointer: `/${path.replace(/^policy\./, '').replaceAll('.', '/')}`,
    message,
  }));
  throw new Problem('invalid', 'This cannot be applied.', { errors });
}
