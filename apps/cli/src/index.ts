export { mlc } from './main.ts';
export type { Shell } from './shell.ts';
