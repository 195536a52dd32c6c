import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from '@mlc/core';
import type { PreviewProgress } from '@mlc/flows';
import { type BusinessPreview, previewBusiness, previewDocument } from '@mlc/worker';
import { previewLines, progressLine } from '../preview-text.ts';
import { printDocument } from '../print.ts';
import { RefusedError, type Shell, type Verb } from '../shell.ts';
import { oneBusiness } from '../stores.ts';
import { type OpenedProviders, withProviders } from '../with-providers.ts';

/** `mlc preview`: what a run over all open invoices would do; exit status 1 when a provider cannot be read. */
export const preview: Verb = (call) =>
  withProviders(call, async (opened) => {
    const { id } = await oneBusiness(call, opened.runtime.database);
    const { preview: found, writes } = await previewed(opened, id, call.shell);
    await printDocument(call, previewDocument(found, writes), await previewLines(found, writes));
    return 0;
  });

/** @throws RefusedError that names the provider. */
async function previewed(
  { runtime, connections }: OpenedProviders,
  businessId: string,
  shell: Shell,
): Promise<BusinessPreview> {
  const patience = async (ms: number): Promise<void> => {
    shell.err(`the rate limit asks to wait ${Math.ceil(ms / 1000)} s\n`);
    await pause(ms);
  };
  const onProgress = (progress: PreviewProgress): void => {
    const line = progressLine(progress);
    if (line !== null) shell.err(`${line}\n`);
  };
  try {
    const parts = { ...runtime, connections: () => connections };
    return await previewBusiness(parts, businessId, { pause: patience, onProgress });
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
