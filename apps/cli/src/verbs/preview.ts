import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from '@mlc/core';
import { type Preview, type PreviewContext, previewCollections, type PreviewProgress } from '@mlc/flows';
import { type HeldWrite, heldWrites, type HeldWriteView } from '@mlc/platform/views/held-writes';
import { storeFor } from '@mlc/platform/store/store';
import { sha256Hex } from '@mlc/platform/clock/system';
import { heldNow, withHeld } from '../held-now.ts';
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
    const { preview: found, writes } = await previewed(
      await contextOf(opened, id),
      await heldWrites(database, id),
      call.shell,
    );
    await printDocument(call, previewDocument(found, writes), await previewLines(found, writes));
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

interface Previewed {
  readonly preview: Preview;
  readonly writes: readonly HeldWriteView[];
}

/** @throws RefusedError that names the provider. */
async function previewed(
  context: PreviewContext,
  held: readonly HeldWrite[],
  shell: Shell,
): Promise<Previewed> {
  const patience = async (ms: number): Promise<void> => {
    shell.err(`the rate limit asks to wait ${Math.ceil(ms / 1000)} s\n`);
    await pause(ms);
  };
  const onProgress = (progress: PreviewProgress): void => {
    const line = progressLine(progress);
    if (line !== null) shell.err(`${line}\n`);
  };
  try {
    const found = await previewCollections(context, { pause: patience, onProgress });
    const foreseen = await heldNow(context, held, patience);
    return { preview: withHeld(found, foreseen), writes: foreseen.writes };
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
