/**
 * What a JSON value looks like: a pattern for a text, the name of a primitive, `[shape]` for a list of such, an object
 * of members. A member named `x?` may be missing; members that are not named are a problem.
 */
export type Shape =
  RegExp | 'string' | 'number' | 'boolean' | readonly [Shape] | { readonly [member: string]: Shape };

/** Everything in which a value differs from its shape, each with its place; empty when it fits. */
export function misfits(value: unknown, shape: Shape, at = '$'): string[] {
  if (shape instanceof RegExp)
    return typeof value === 'string' && shape.test(value)
      ? []
      : [`${at}: ${shown(value)} is not ${String(shape)}`];
  if (typeof shape === 'string')
    return typeof value === shape ? [] : [`${at}: ${shown(value)} is no ${shape}`];
  if (isList(shape)) {
    if (!Array.isArray(value)) return [`${at}: ${shown(value)} is no list`];
    return value.flatMap((entry: unknown, place) => misfits(entry, shape[0], `${at}[${place}]`));
  }
  if (typeof value !== 'object' || value === null) return [`${at}: ${shown(value)} is no object`];
  return memberMisfits(value as Record<string, unknown>, shape, at);
}

function memberMisfits(value: Record<string, unknown>, shape: Record<string, Shape>, at: string): string[] {
  const known = new Map(
    Object.entries(shape).map(([name, inner]) => [name.replace(/\?$/, ''), { name, inner }]),
  );
  const strange = Object.keys(value).filter((name) => !known.has(name));
  return [
    ...strange.map((name) => `${at}.${name}: is not in the shape`),
    ...[...known].flatMap(([name, { name: written, inner }]) => {
      if (value[name] !== undefined) return misfits(value[name], inner, `${at}.${name}`);
      return written.endsWith('?') ? [] : [`${at}.${name}: is missing`];
    }),
  ];
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
