/** OID of `text`, in every Postgres since the first. */
const TEXT_OID = 25;
const HEADER_BYTES = 20;
/** The most bytes UTF-8 needs for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * A `text[]` in Postgres' binary form (src/backend/utils/adt/arrayfuncs.c, array_recv), to be passed as a parameter.
 * The driver's own text form escapes every quote of every JSON payload with two regular expressions, which costs more
 * than all the rest of storing an event.
 */
export function binaryTextArray(texts: readonly (string | null)[]): Buffer {
  let bytesMax = HEADER_BYTES;
  for (const text of texts) bytesMax += 4 + (text === null ? 0 : text.length * BYTES_PER_UNIT);
  const buffer = Buffer.allocUnsafe(bytesMax);
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(1, 4); // may hold NULLs
  buffer.writeInt32BE(TEXT_OID, 8);
  buffer.writeInt32BE(texts.length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  let at = HEADER_BYTES;
  for (const text of texts) at = writeText(buffer, text, at);
  return buffer.subarray(0, at);
}

/** Writes length and bytes of one element (-1 is NULL); returns where the next one starts. */
function writeText(buffer: Buffer, text: string | null, at: number): number {
  if (text === null) return buffer.writeInt32BE(-1, at);
  const written = buffer.write(text, at + 4, 'utf8');
  buffer.writeInt32BE(written, at);
  return at + 4 + written;
}
