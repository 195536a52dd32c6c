/** Shorter strings are no secrets worth the risk of blanking ordinary words. */
const MIN_LENGTH = 8;
/** Newest kept: rotated tokens must not make the list grow for ever. */
const MAX_VALUES = 500;
const BLANK = '[redacted]';

/** Secret values this process has seen in plain text, so that none of them gets into a log line by any way. */
export interface KnownSecrets {
  /** Remembers the text, or every string inside it when it is JSON. */
  add(text: string): void;
  /** The text with every remembered value blanked. */
  blank(text: string): string;
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* stringsIn(inner);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** An empty list. */
export function knownSecrets(): KnownSecrets {
  const values = new Set<string>();
  return {
    add: (text) => {
      for (const value of stringsIn(parsed(text))) {
        if (value.length < MIN_LENGTH) continue;
        values.delete(value);
        values.add(value);
      }
      for (const oldest of values) {
        if (values.size <= MAX_VALUES) break;
        values.delete(oldest);
      }
    },
    blank: (text) => {
      let blanked = text;
      for (const value of values) blanked = blanked.replaceAll(value, BLANK);
      return blanked;
    },
  };
}
