export { type AdminToken, adminTokenOf } from './admin-token.ts';
export { type ConsoleOptions, type RunningConsole, startConsole } from './start-console.ts';
