import { freshbooksBooks, type FreshBooksOptions, whoAmI } from '@mlc/connectors';
import { ConnectorError } from '@mlc/core';
import { checkBooksPolicy, needsBooks } from '@mlc/flows';
import { type BusinessFile, BusinessFileError } from '@mlc/platform/config/business-file';
import { keptFreshbooks } from '@mlc/platform/set-up/kept-freshbooks';
import { systemClock, systemRandom } from '@mlc/platform/clock/system';
import type { Vault } from '@mlc/platform/vault/vault';
import { openConnections } from '@mlc/worker';
import { askWithFile } from './ask-with-file.ts';
import { quietLog } from './quiet-log.ts';
import type { OpenedStores } from './stores.ts';

/** What a check works with. */
export type CheckParts = OpenedStores & { readonly vault: Vault };

/**
 * Asks FreshBooks whether what the file's policy books on is there, before anything of it is applied: with the file's own
 * tokens when they are new, else with those in the vault. Returns notices about what could not be asked.
 * @throws BusinessFileError for what is definitely not there.
 */
export async function checkFilePolicy(parts: CheckParts, file: BusinessFile): Promise<readonly string[]> {
  if (!needsBooks(file.policy)) return [];
  const kept = await keptFreshbooks(parts.database, file);
  const businessUuid = file.connections.freshbooks?.businessUuid ?? kept?.businessUuid ?? null;
  const asking = async (options: FreshBooksOptions | null): Promise<readonly string[]> => {
    if (options === null) return withoutFreshbooks(file);
    const knownUuid = businessUuid ?? (await uuidOf(options));
    const books = freshbooksBooks({ ...options, businessUuid: knownUuid });
    const { problems, notices } = await checkBooksPolicy(file.policy, books, { businessUuid, knownUuid });
    if (problems.length > 0) throw new BusinessFileError(problems);
    return notices.map((notice) => `${notice}; the policy is applied unchecked`);
  };
  if (kept !== null && !kept.fileIsNewer) return withKept(parts, kept.businessId, asking);
  return askWithFile({ config: parts.config, file }, asking);
}

/** Nothing can be booked yet; what a journal entry cannot do without is said at once. */
function withoutFreshbooks({ policy }: BusinessFile): readonly string[] {
  if (policy.payoutEntry !== 'journal')
    return ['FreshBooks is not connected, so the policy is applied unchecked'];
  const message = 'is missing: policy.payoutEntry is "journal", which needs FreshBooks and its businessUuid';
  throw new BusinessFileError([{ path: 'connections.freshbooks', message }]);
}

type Asking = (options: FreshBooksOptions | null) => Promise<readonly string[]>;

async function withKept(
  { config, database, vault }: CheckParts,
  businessId: string,
  ask: Asking,
): Promise<readonly string[]> {
  const runtime = { config, database, vault, log: quietLog, clock: systemClock, random: systemRandom };
  const connections = openConnections(runtime);
  try {
    return await ask((await connections.accessTo(businessId)).freshbooks);
  } finally {
    await connections.close();
  }
}

/** What FreshBooks calls the business of the account; null when it cannot be asked. */
async function uuidOf(options: FreshBooksOptions): Promise<string | null> {
  try {
    const { memberships } = await whoAmI(options);
    return memberships.find(({ accountId }) => accountId === options.accountId)?.businessUuid ?? null;
  } catch (error) {
    if (error instanceof ConnectorError) return null;
    throw error;
  }
}
