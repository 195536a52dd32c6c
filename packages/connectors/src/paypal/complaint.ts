import { z } from 'zod';
import { parseJson } from './json.ts';

/** What PayPal complained about, whichever of its error families it used (paypal.md 1.2, 1.3, 4.3). */
export interface Complaint {
  /** `UNPROCESSABLE_ENTITY`, or `invalid_token` in the identity family. */
  readonly name: string;
  readonly message: string;
  readonly entries: readonly Entry[];
  readonly debugId: string | null;
}

/** One of `details` (the webhooks API calls them `issues`). */
export interface Entry {
  /** A code such as `INVALID_RESOURCE_ID`; a sentence in the older vocabulary. */
  readonly issue: string;
  readonly description: string;
  readonly field: string | null;
}

const text = z.string().catch('');
const entry = z
  .object({ issue: text, description: text, field: text })
  .transform(({ issue, description, field }) => ({
    issue,
    description,
    field: field === '' ? null : field.replace(/^\//, ''),
  }));
const entries = z.array(entry.catch({ issue: '', description: '', field: null })).catch([]);

const resourceFamily = z
  .object({
    name: z.string().min(1),
    message: text,
    details: entries,
    issues: entries,
    debug_id: text,
    debugId: text,
  })
  .transform((body): Complaint => {
    const debugId = body.debug_id === '' ? body.debugId : body.debug_id;
    return {
      name: body.name,
      message: body.message,
      entries: [...body.details, ...body.issues],
      debugId: debugId === '' ? null : debugId,
    };
  });

const identityFamily = z
  .object({ error: z.string().min(1), error_description: text })
  .transform(({ error, error_description }): Complaint => ({
    name: error,
    message: error_description,
    entries: [],
    debugId: null,
  }));

const complaint = z.union([resourceFamily, identityFamily]);

/** Reads an error body; null for anything that is not PayPal's (a page of the edge, an empty body). */
export function readComplaint(body: string): Complaint | null {
  const read = complaint.safeParse(parseJson(body));
  return read.success ? read.data : null;
}

/** The name and every issue. */
export function codesOf(said: Complaint | null): readonly string[] {
  return said === null ? [] : [said.name, ...said.entries.map(({ issue }) => issue)];
}

/** "No such object", said by PayPal itself: a 404 of something in between says nothing about the object. */
export function saysMissing(status: number, body: string): boolean {
  if (status !== 404 && status !== 400) return false;
  const said = readComplaint(body);
  if (said === null) return false;
  return status === 404 || codesOf(said).includes('INVALID_RESOURCE_ID');
}
