export * from './registry.ts';
export { type MirrorRefresh, refreshMirror } from './invoice-to-mandate/refresh-mirror.ts';
