/** What a preview asked of a store or provider that would have changed something: a mistake of ours. */
export class PreviewWriteError extends Error {
  override readonly name = 'PreviewWriteError';
}

/** An object of whose every method a call rejects with PreviewWriteError. */
export function refusing(name: string): object {
  return new Proxy({}, { get: (_none, method) => refusal(`${name}.${String(method)}`) });
}

/** A method that does. */
export function refusal(what: string): () => Promise<never> {
  return () => Promise.reject(new PreviewWriteError(`a preview changes nothing, but ${what} was called`));
}
