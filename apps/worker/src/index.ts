export { type BusinessConnections, type Connections, openConnections } from './connectors.ts';
export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';
