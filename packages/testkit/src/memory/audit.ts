import { type AuditLog, chainEntry, EMPTY_CHAIN } from '@mlc/core';
import { createHash } from 'node:crypto';
import type { MemoryScope } from './rows.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The hash chain in memory. */
export function memoryAudit(scope: MemoryScope): AuditLog {
  return {
    append: (entry) => {
      const { audit } = scope.rows;
      const placed = { ...entry, businessId: scope.businessId, at: scope.clock.now() };
      audit.push(chainEntry(sha256, audit.at(-1) ?? EMPTY_CHAIN, placed));
      return Promise.resolve();
    },
  };
}
