import type { FlowContext } from '@mlc/core';
import { mirrorLock } from '../running/locks.ts';
import { readEveryCustomer, readEveryMandate } from './mirror.ts';

/** How many were mirrored by this backfill. */
export interface BackfillProgress {
  readonly customers: number;
  readonly mandates: number;
}

/**
 * Mirrors all customers and mandates of a new GoCardless connection, page by page; what was read in full before is not
 * read again. `onProgress` is told after each page; an error thrown there ends it, and the next call starts over (pages
 * already kept do no harm). Rejects with LockBusyError while somebody else reads, with ConnectorError when a page
 * cannot be read.
 */
export function backfillMirror(
  context: FlowContext,
  onProgress: (progress: BackfillProgress) => void = () => undefined,
): Promise<BackfillProgress> {
  const { mirror } = context.store;
  return context.locks.withLock(mirrorLock(context), async () => {
    let progress: BackfillProgress = { customers: 0, mandates: 0 };
    const advance = (more: Partial<BackfillProgress>): void => {
      progress = { ...progress, ...more };
      onProgress(progress);
    };
    if ((await mirror.progress('customers')) === null) {
      await readEveryCustomer(context, (page) => {
        advance({ customers: progress.customers + page.length });
        return Promise.resolve();
      });
    }
    if ((await mirror.progress('mandates')) === null) {
      await readEveryMandate(context, (page) => advance({ mandates: progress.mandates + page.length }));
    }
    return progress;
  });
}
