import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseBusinessFile } from '@mlc/platform/config/business-file';
import { type AppliedBusiness, applyBusiness } from '@mlc/platform/set-up/apply-business';
import { type WebhookUrls, webhookUrls } from '@mlc/platform/set-up/webhook-urls';
import { systemClock } from '@mlc/platform/clock/system';
import { vaultKeysOf } from '@mlc/platform/lifecycle/own-keys';
import { openVault } from '@mlc/platform/vault/vault';
import { printDocument } from '../print.ts';
import { type Call, RefusedError, UsageError, type Verb } from '../shell.ts';
import { configOf, withStores } from '../stores.ts';

interface Options {
  readonly file: string;
}

async function readBusinessFile({ shell, options }: Call<Options>): Promise<string> {
  if (options.file === '-') return text(process.stdin);
  const path = resolve(shell.cwd ?? process.cwd(), options.file);
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new RefusedError(`${options.file} cannot be read: ${(error as Error).message}`);
  });
}

const MODES = {
  observe: (business: string) =>
    `mode observe: nothing is written at a provider; see mlc preview, then mlc go-live --business ${business}`,
  live: () => 'mode live: debits are made and payments booked',
};

function linesOf({ business, changed, mode }: AppliedBusiness, webhooks: WebhookUrls): string[] {
  const urls = Object.entries(webhooks).flatMap(([provider, url]) =>
    typeof url === 'string'
      ? [`  ${provider}: ${url}`]
      : Object.entries(url).map(([event, address]) => `  ${provider} ${event}: ${address}`),
  );
  const head = changed ? `${business} is applied` : `${business} was so already, nothing changed`;
  const said = MODES[mode](business);
  return urls.length === 0 ? [head, said] : [`${head}; webhooks go to`, ...urls, said];
}

/** `mlc apply -f FILE`: one business and its connections, all or nothing; the same file twice changes nothing. */
export const apply: Verb<Options> = async (call) => {
  const file = parseBusinessFile(await readBusinessFile(call));
  const { business: named } = call.options;
  if (named !== undefined && named !== file.business)
    throw new UsageError(`--business ${named} is not the file's business ${file.business}`);
  const vault = openVault(await vaultKeysOf(configOf(call)));
  return withStores(
    call,
    async ({ config, database }) => {
      const { checkFilePolicy } = await import('../check-file-policy.ts');
      const { checkFileCreditor } = await import('../check-file-creditor.ts');
      const { checkFileAccounts } = await import('../check-file-accounts.ts');
      const notices = [
        ...(await checkFileAccounts({ config, database }, file)),
        ...(await checkFilePolicy({ config, database, vault }, file)),
        ...(await checkFileCreditor(config, file)),
      ];
      for (const notice of notices) call.shell.err(`notice: ${notice}\n`);
      const applied = await applyBusiness(database, vault, systemClock, file);
      const webhooks = webhookUrls(config.publicUrl, applied);
      const { business, connections, released } = applied;
      if (released > 0) call.shell.err(`notice: ${business} is live now; ${released} waiting events run\n`);
      const document = { business, connections, webhooks };
      await printDocument(call, document, linesOf(applied, webhooks));
      return 0;
    },
    { migrate: true },
  );
};
