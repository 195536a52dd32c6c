export {
  type BusinessConnections,
  type Connections,
  openConnections,
  type ProviderAccess,
} from './connectors.ts';
export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';
