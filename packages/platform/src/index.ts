export * from './postgres/database.ts';
export * from './postgres/migrate.ts';
export * from './http/axios-client.ts';
export * from './clock/system.ts';
export * from './http/rate-limiter.ts';
export { appendAudit, auditLog } from './audit/append.ts';
export { auditChains } from './audit/chains.ts';
export { businessesWithReceipts, foldReceipts } from './audit/fold.ts';
export { type AuditVerdict, verifyAudit } from './audit/verify.ts';
export * from './inbox/events.ts';
export { takeDueAnswers } from './answers/held-answer.ts';
export * from './answers/resolve-review.ts';
export * from './answers/review-mail.ts';
export { repositoriesOn, storeFor } from './store/store.ts';
export { type AuditView, listAudit } from './views/audit.ts';
export { type CollectionView, listCollections } from './views/collections.ts';
export { type EventView, listEvents } from './views/events.ts';
export { listPayouts, type PayoutView } from './views/payouts.ts';
export { type PostingView, listPostings } from './views/postings.ts';
export { listReviews, type ReviewView } from './views/reviews.ts';
export {
  type DeadLetter,
  type DeadLetterDetails,
  listDeadLetters,
  type Replay,
  replayDeadLetters,
  showDeadLetter,
} from './answers/dead-letters.ts';
export { businessesToRecheck } from './queue/dispatch.ts';
export { type InHand } from './queue/take.ts';
export type { Fence } from './locks/fence.ts';
export { openLocks, type ProcessLocks } from './locks/locks.ts';
export { consumeFlow } from './queue/consume-flow.ts';
export { migrateQueue } from './queue/backend.ts';
export { type Dispatcher, startDispatcher } from './queue/dispatcher.ts';
export { drain, type DrainOptions } from './queue/drain.ts';
export type { AttemptReport, FlowEngine } from './queue/engine.ts';
export { inJob, type InJob } from './queue/in-job.ts';
export { type FlowQueues, openQueues, type QueueCounts } from './queue/queues.ts';
export type { QueueSettings } from './queue/workers.ts';
export { type Status, statusOf } from './queue/status.ts';
export { type Swept, sweep } from './queue/sweep.ts';
export type { Config } from './config/config.ts';
export { ConfigError } from './config/config-error.ts';
export { readConfig } from './config/read-config.ts';
export { type EmbeddedPostgres, openEmbeddedPostgres } from './embedded/open-embedded-postgres.ts';
export * from './lifecycle/runtime.ts';
export { createLog, logWith } from './logging/create-log.ts';
export { openVault, type Vault, VaultError } from './vault/vault.ts';
export { parseVaultKeys, type VaultKey } from './config/vault-keys.ts';
export type { TokenKeeperParts } from './vault/keeper-parts.ts';
export { tokenKeeper } from './vault/token-keeper.ts';
export {
  type BusinessFile,
  BusinessFileError,
  type BusinessFileInput,
  checkBusinessFile,
  parseBusinessFile,
} from './config/business-file.ts';
export { type AppliedBusiness, applyBusiness } from './set-up/apply-business.ts';
export * from './set-up/businesses.ts';
export * from './connections/connections.ts';
export * from './set-up/webhook-urls.ts';
export * from './lifecycle/health-server.ts';
export * from './lifecycle/run-until-signal.ts';
export * from './mail/open-notices.ts';
export * from './lifecycle/open-stores.ts';
