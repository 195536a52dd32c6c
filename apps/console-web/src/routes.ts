import type { Role } from './api/types.ts';

/** The pages of the console by name, with the keys that lead there (after `g`) and who may see them. */
export const PAGES = {
  overview: { path: '/', title: 'Overview', key: 'o', role: 'viewer' },
  cash: { path: '/cash-flow', title: 'Cash flow', key: 'c', role: 'viewer' },
  invoices: { path: '/invoices', title: 'Invoices', key: 'i', role: 'viewer' },
  reviews: { path: '/reviews', title: 'Reviews', key: 'r', role: 'viewer' },
  deadLetters: { path: '/dead-letters', title: 'Dead letters', key: 'd', role: 'viewer' },
  audit: { path: '/audit', title: 'Audit', key: 'a', role: 'viewer' },
  connections: { path: '/connections', title: 'Connections', key: 'x', role: 'viewer' },
  queues: { path: '/jobs', title: 'Queues', key: 'q', role: 'viewer' },
  settings: { path: '/settings', title: 'Settings', key: 's', role: 'viewer' },
} as const satisfies Record<string, PageRoute>;

/** A page as navigation and palette know it. */
export interface PageRoute {
  readonly path: string;
  readonly title: string;
  readonly key: string;
  readonly role: Role;
}

export type PageName = keyof typeof PAGES;
