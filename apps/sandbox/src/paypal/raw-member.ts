/**
 * The text of one member of a JSON object exactly as it was sent. PayPal checks a signature over the event it is
 * handed, so an event that was parsed and written again fails (paypal.md 3.8). `json` must be valid; undefined when
 * there is no such member. Of repeated members the last one counts, as for JSON.parse.
 */
export function rawMember(json: string, name: string): string | undefined {
  let at = skipSpace(json, 0) + 1;
  let found: string | undefined;
  for (;;) {
    at = skipSpace(json, at);
    if (json[at] !== '"') return found;
    const keyEnd = stringEnd(json, at);
    const key: unknown = JSON.parse(json.slice(at, keyEnd));
    const start = skipSpace(json, skipSpace(json, keyEnd) + 1);
    const end = valueEnd(json, start);
    if (key === name) found = json.slice(start, end);
    at = skipSpace(json, end) + 1;
  }
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (/\s/.test(json[at] ?? 'x')) at += 1;
  return at;
}

/** Index behind the closing quote of the string that starts here. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Index behind the value that starts here. */
function valueEnd(json: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const char = json[at] ?? '';
    if (char === '"') at = stringEnd(json, at);
    else {
      if (depth === 0 && (char === ',' || char === '}' || /\s/.test(char))) return at;
      if (char === '{' || char === '[') depth += 1;
      if (char === '}' || char === ']') depth -= 1;
      at += 1;
      // A closing bracket ends the value it opened; a scalar goes on to what follows it.
      if (depth > 0 || !'}]'.includes(char)) continue;
    }
    if (depth === 0) return at;
  } while (at < json.length);
  return at;
}
