import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from '@mlc/core';
import { type Preview, type PreviewContext, previewCollections } from '@mlc/flows';
import { heldWrites } from '@mlc/platform/views/held-writes';
import { storeFor } from '@mlc/platform/store/store';
import { sha256Hex } from '@mlc/platform/clock/system';
import { previewDocument, previewLines, progressLine } from '../preview-text.ts';
import { printDocument } from '../print.ts';
import { RefusedError, type Shell, type Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { type OpenedProviders, withProviders } from '../with-providers.ts';

/** `mlc preview`: what a run over all open invoices would do; exit status 1 when a provider cannot be read. */
export const preview: Verb = (call) =>
  withProviders(call, async (opened) => {
    const { database } = opened.runtime;
    const { id } = await oneBusiness(call, database);
    const found = await previewed(await contextOf(opened, id), call.shell);
    const held = await heldWrites(database, id);
    await printDocument(call, previewDocument(found, held), await previewLines(found, held));
    return 0;
  });

async function contextOf(
  { runtime, connections }: OpenedProviders,
  businessId: string,
): Promise<PreviewContext> {
  const { database, clock, log, config } = runtime;
  return {
    ...(await connections.of(businessId)),
    store: storeFor(database, businessId, { clock }),
    clock,
    log,
    sha256: sha256Hex,
    settleDelayMs: config.retry.settleDelayMs,
  };
}

/** @throws RefusedError that names the provider. */
async function previewed(context: PreviewContext, shell: Shell): Promise<Preview> {
  try {
    return await previewCollections(context, {
      pause: async (ms) => {
        shell.err(`the rate limit asks to wait ${Math.ceil(ms / 1000)} s\n`);
        await pause(ms);
      },
      onProgress: (progress) => {
        const line = progressLine(progress);
        if (line !== null) shell.err(`${line}\n`);
      },
    });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new RefusedError(
      `${error.message}; the preview ended there and changed nothing (mlc ping tries each connection)`,
      {
        cause: error,
      },
    );
  }
}
