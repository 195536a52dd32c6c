/** What a preview asked of a store or provider that would have changed something: a mistake of ours. */
export class PreviewWriteError extends Error {
  override readonly name = 'PreviewWriteError';
}

/** The same object with these methods (and properties) only; calling any other one rejects with PreviewWriteError. */
export function readOnly<T extends object>(target: T, name: string, reads: readonly (keyof T)[]): T {
  return new Proxy(target, {
    get: (object, method) => {
      // `await` asks for it: this is no promise.
      if (method === 'then') return undefined;
      if (!(reads as readonly PropertyKey[]).includes(method)) return refusing(`${name}.${String(method)}`);
      const member = Reflect.get(object, method) as unknown;
      return typeof member === 'function' ? (member.bind(object) as unknown) : member;
    },
  });
}

function refusing(what: string): () => Promise<never> {
  return () => Promise.reject(new PreviewWriteError(`a preview changes nothing, but ${what} was called`));
}
