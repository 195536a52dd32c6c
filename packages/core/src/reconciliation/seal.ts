import type { ReportFacts, ReportFormat } from './report.ts';
import { writeCsv } from './write-csv.ts';
import { writeHledger } from './write-hledger.ts';
import { writeJson } from './write-json.ts';

/** A SHA-256 over texts as UTF-8, injected because core imports nothing. */
export interface RunningHash {
  update(text: string): void;
  /** 64 lower-case hex digits; once, at the end. */
  hex(): string;
}

/** How the report of each format begins and ends around its hash; contract section 6. */
const SEALS: Readonly<
  Record<
    ReportFormat,
    { write: (facts: ReportFacts) => AsyncIterable<string>; head: string; tail: (hex: string) => string }
  >
> = {
  json: { write: writeJson, head: '{"report":', tail: (hex) => `,"sha256":"${hex}"}\n` },
  csv: { write: writeCsv, head: '', tail: (hex) => `# sha256:${hex}\n` },
  hledger: { write: writeHledger, head: '', tail: (hex) => `; sha256:${hex}\n` },
};

/** About this much text comes at once. */
const PIECE_CHARS = 65_536;

/**
 * A whole report in one of its formats, in pieces of bounded size, ending with the SHA-256 of its own content. Returns
 * that hash: for JSON over the bytes of R, else over all bytes before the last line.
 */
export async function* sealedReport(
  facts: ReportFacts,
  format: ReportFormat,
  hash: RunningHash,
): AsyncGenerator<string, string> {
  const { write, head, tail } = SEALS[format];
  let piece = head;
  let hashed = head.length;
  for await (const text of write(facts)) {
    piece += text;
    if (piece.length < PIECE_CHARS) continue;
    hash.update(piece.slice(hashed));
    yield piece;
    piece = '';
    hashed = 0;
  }
  hash.update(piece.slice(hashed));
  const hex = hash.hex();
  yield `${piece}${tail(hex)}`;
  return hex;
}
