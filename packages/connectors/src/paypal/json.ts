/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text field; '' for anything else. */
export function field(object: unknown, name: string): string {
  const value = isObject(object) ? object[name] : undefined;
  return typeof value === 'string' ? value : '';
}
