/** Reads when it is asked for the first time, and remembers the answer (or the failure). */
export function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | null = null;
  return () => (known ??= read());
}
