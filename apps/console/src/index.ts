export { type AdminToken, adminTokenOf, generatedAdminToken } from './admin-token.ts';
export { type ConsoleOptions, type RunningConsole, startConsole } from './start-console.ts';
