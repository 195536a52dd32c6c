import { z } from 'zod';

interface Shape<T> {
  readonly plural: string;
  readonly schema: z.ZodType<T>;
}

/** A page of a list. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly after: string | null;
}

/** One object under its plural, as everywhere in this API (gocardless.md 1.3). */
export function oneSchema<T>({ plural, schema }: Shape<T>): z.ZodType<T> {
  return z.object({ [plural]: schema }).transform((body) => body[plural] as T);
}

/** Rows and the cursor of the next page, which is null or absent on the last one (gocardless.md 1.5). */
export function listSchema<T>({ plural, schema }: Shape<T>): z.ZodType<Page<T>> {
  const meta = z.object({ cursors: z.object({ after: z.string().nullish() }).nullish() }).nullish();
  return z.object({ [plural]: z.array(schema), meta }).transform((body) => {
    const { cursors } = (body['meta'] ?? {}) as NonNullable<z.infer<typeof meta>>;
    const after = cursors?.after ?? '';
    return { rows: body[plural] as T[], after: after === '' ? null : after };
  });
}

/** How many wrong fields a message names. */
const NAMED_FIELDS = 3;

/** The fields of an answer that are not as they must be, for people and for machines. */
export function wrongFields(error: z.ZodError): { field: string; message: string } {
  const named = error.issues.slice(0, NAMED_FIELDS).map((issue) => ({
    field: issue.path.join('.'),
    problem: issue.message,
  }));
  return {
    field: named[0]?.field ?? '',
    message: named.map(({ field, problem }) => `its field ${field}: ${problem}`).join('; '),
  };
}
