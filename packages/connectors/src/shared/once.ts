/**
 * Remembers what `make` made of an object: a schema is built, and compiled with its first use, once and not for every
 * answer. Nothing keeps the object itself alive.
 */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
