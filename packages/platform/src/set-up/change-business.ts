import type { Clock } from '@mlc/core';
import { type BusinessFileInput, checkBusinessFile } from '../config/business-file.ts';
import type { Database } from '../postgres/database.ts';
import type { Vault } from '../vault/vault.ts';
import { type AppliedBusiness, applyBusiness } from './apply-business.ts';
import { loadBusiness } from './businesses.ts';

/** What a change is made with. */
export interface Changing {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Which business, who changes it, and what of its file is to be another. */
export interface BusinessChange {
  readonly businessId: string;
  readonly by: string;
  readonly policy?: BusinessFileInput['policy'];
  readonly connections?: BusinessFileInput['connections'];
}

/** Applies a file that says what is so already, but for the change. @throws BusinessFileError */
export async function changeBusiness(
  { database, vault, clock }: Changing,
  { businessId, by, policy, connections }: BusinessChange,
): Promise<AppliedBusiness> {
  const {
    slug,
    displayName,
    timezone,
    notifyEmails,
    policy: now,
  } = await loadBusiness(database.prisma, businessId);
  const file = checkBusinessFile({
    business: slug,
    displayName,
    timezone,
    notify: { emails: [...notifyEmails] },
    policy: { ...now, ...policy },
    connections: connections ?? {},
  });
  return applyBusiness(database, vault, clock, { ...file, by });
}
