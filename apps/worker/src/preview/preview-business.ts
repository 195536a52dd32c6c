import {
  type Pause,
  type Preview,
  type PreviewContext,
  previewCollections,
  type PreviewProgress,
} from '@mlc/flows';
import { type Runtime, sha256Hex, storeFor } from '@mlc/platform';
import { heldWrites, type HeldWriteView } from '@mlc/platform/views/held-writes';
import type { Connections } from '../connectors.ts';
import { heldNow, withHeld } from './held-now.ts';

/** What a preview works with. */
export type Previewing = Pick<Runtime, 'database' | 'clock' | 'log' | 'config'> & {
  readonly connections: () => Connections;
};

/** How a preview waits and tells how far it is. */
export interface PreviewManner {
  /** Waits when a provider's rate limit asks to. */
  readonly pause: Pause;
  readonly onProgress?: (progress: PreviewProgress) => void;
}

/** What a run over all open invoices would do, and what waits for go-live would write. */
export interface BusinessPreview {
  readonly preview: Preview;
  readonly writes: readonly HeldWriteView[];
}

/** Changes nothing. Rejects with ConnectorError when a provider cannot be read. */
export async function previewBusiness(
  parts: Previewing,
  businessId: string,
  manner: PreviewManner,
): Promise<BusinessPreview> {
  const { database, clock, log, config } = parts;
  const context: PreviewContext = {
    ...(await parts.connections().of(businessId)),
    store: storeFor(database, businessId, { clock }),
    clock,
    log,
    sha256: sha256Hex,
    settleDelayMs: config.retry.settleDelayMs,
  };
  const found = await previewCollections(context, manner);
  const foreseen = await heldNow(context, await heldWrites(database, businessId), manner.pause);
  return { preview: withHeld(found, foreseen), writes: foreseen.writes };
}
