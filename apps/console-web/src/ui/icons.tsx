import type { ReactNode } from 'react';

/** Each icon as the path of a 24 × 24 outline. */
const PATHS = {
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  invoices: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  cash: 'M4 20V10M10 20V4M16 20v-8M20 20H3',
  reviews: 'M4 5h16v11H9l-5 4zM9 9h6M9 12h4',
  months: 'M5 5h14v15H5zM5 10h14M9 3v4M15 3v4M9 15l2 2 4-4',
  deadLetters: 'M12 4 3 19h18zM12 10v4M12 16.5v.5',
  audit: 'M6 4h12v16H6zM9 8h6M9 12h6M9 16h3',
  connections: 'M9 7H7a5 5 0 0 0 0 10h2M15 7h2a5 5 0 0 1 0 10h-2M8 12h8',
  queues: 'M4 6h16M4 12h16M4 18h10',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 5v4M6 15v4',
  sandbox: 'M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M8 15h8',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.5 16.5 21 21',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6 6 18',
  down: 'm6 9 6 6 6-6',
  check: 'm5 12 5 5 9-10',
  cross: 'M6 6l12 12M18 6 6 18',
  warn: 'M12 4 3 19h18zM12 10v4M12 16.5v.5',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2',
  person: 'M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM5 20c.6-3.6 3.4-5 7-5s6.4 1.4 7 5',
  theme: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  copy: 'M8 8h11v12H8zM5 16V4h10',
  out: 'M14 5h5v5M19 5l-8 8M18 14v5H5V6h5',
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing beside words, never instead of them. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
