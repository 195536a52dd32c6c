import { systemClock } from '@mlc/platform/clock/system';
import { vaultKeysOf } from '@mlc/platform/lifecycle/own-keys';
import { openVault } from '@mlc/platform/vault/vault';
import { printDocument } from '../print.ts';
import type { Verb } from '../shell.ts';
import { withStores } from '../stores.ts';

/** `mlc keys rotate`: the whole vault, for all businesses. Stopped in between it is readable; run it again. */
export const keysRotate: Verb = (call) =>
  withStores(call, async ({ config, database }) => {
    const vault = openVault(await vaultKeysOf(config));
    call.shell.err(`wrapping every secret under key ${vault.activeKeyId}\n`);
    const rotation = await vault.rotate(database, systemClock);
    const { rotated, unchanged, keyId } = rotation;
    await printDocument(call, rotation, [
      `${rotated} secrets are now under ${keyId}, ${unchanged} were already`,
    ]);
    return 0;
  });
