/** What the browser remembers for a person, by name. */
export type Kept = 'business' | 'theme' | 'keys';

const nameOf = (name: Kept): string => `mlc.${name}`;

/** What was kept; null when nothing was, or the browser keeps nothing. */
export function kept(name: Kept): string | null {
  try {
    return localStorage.getItem(nameOf(name));
  } catch {
    return null;
  }
}

/** Keeps it in this browser; null forgets it. */
export function keep(name: Kept, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(nameOf(name));
    else localStorage.setItem(nameOf(name), value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
