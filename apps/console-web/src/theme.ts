import { keep, kept } from './kept.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The theme of this browser. */
export function currentTheme(): Theme {
  return THEMES.find((theme) => theme === kept('theme')) ?? 'system';
}

/** Shows a theme and remembers it. */
export function showTheme(theme: Theme): void {
  keep('theme', theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
