export { type AdminToken, adminTokenOf, generatedAdminToken } from './admin-token.ts';
export { openApiDocument } from './api/document.ts';
export { ROUTES } from './api/routes.ts';
export { openDesk } from './open-door.ts';
export { type ConsoleOptions, type RunningConsole, startConsole } from './start-console.ts';
