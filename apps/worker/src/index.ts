export {
  type BusinessConnections,
  type Connections,
  openConnections,
  type ProviderAccess,
} from './connectors.ts';
export { pingBusiness, type PingLine } from './ping.ts';
export { gocardlessUrl } from './provider-access.ts';
export { reversePosting } from './reverse-posting.ts';
export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';
export { type BusinessPoll, pollBusiness } from './polling/poll-business.ts';
export type { Polling, PollReport } from './polling/polling.ts';
export { fetchProofs, type Proving } from './proofs/fetch-proofs.ts';
