export {
  type BusinessConnections,
  type Connections,
  openConnections,
  type ProviderAccess,
} from './connectors.ts';
export { pingBusiness, type PingLine } from './ping.ts';
export { gocardlessUrl } from './provider-access.ts';
export { reversePosting, REVERSAL_WAIT_MS } from './reverse-posting.ts';
export { type BusinessPreview, previewBusiness } from './preview/preview-business.ts';
export { type PreviewDocument, previewDocument } from './preview/preview-document.ts';
export { type EndpointLine, registerFreshbooks } from './webhooks/register-freshbooks.ts';
export { registerPaypal } from './webhooks/register-paypal.ts';
export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';
export { type BusinessPoll, pollBusiness } from './polling/poll-business.ts';
export type { Polling, PollReport } from './polling/polling.ts';
export { fetchProofs, type Proving } from './proofs/fetch-proofs.ts';
