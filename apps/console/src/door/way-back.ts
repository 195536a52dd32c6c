/** Where to go after signing in: one of our own paths, never another site. */
export function wayBack(to: unknown): string {
  if (typeof to !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(to) || to.includes('\\')) return '/';
  return to.startsWith('/sign-in') || to.startsWith('/setup') ? '/' : to;
}
