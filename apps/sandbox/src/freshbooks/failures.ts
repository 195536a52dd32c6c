/** One complaint as the accounting API states it (freshbooks.md 6, family A); null where it has nothing to say. */
export interface Complaint {
  readonly errno: number;
  readonly message: string;
  readonly field?: string | null;
  readonly object?: string | null;
  readonly value?: string | null;
}

/** A refusal on its way to being written in the family of the route that meets it. */
export class Refusal extends Error {
  readonly status: number;
  readonly complaint: Complaint;

  constructor(status: number, complaint: Complaint) {
    super(complaint.message);
    this.name = 'Refusal';
    this.status = status;
    this.complaint = complaint;
  }
}

/** The object named in the path does not exist: 404, errno 1012. */
export function unknownObject(object: string, field: string, value: string): Refusal {
  const message = `${titled(object)} not found.`;
  return new Refusal(404, { errno: 1012, message, field, object, value });
}

/** The object named in the body does not exist: 422, errno 1012. */
export function unknownReference(object: string, field: string, value: unknown): Refusal {
  const message = `${titled(object)} not found.`;
  return new Refusal(422, { errno: 1012, message, field, object, value: shown(value) });
}

/** The object named in the body is deleted: 422, errno 1011. */
export function deletedReference(object: string, field: string, value: unknown): Refusal {
  const message = `${titled(object)} has been deleted.`;
  return new Refusal(422, { errno: 1011, message, field, object, value: shown(value) });
}

/** A needed field is absent: 422, errno 1001. */
export function missingField(object: string, field: string): Refusal {
  return new Refusal(422, {
    errno: 1001,
    message: `'${field}' is a required field.`,
    field,
    object,
    value: null,
  });
}

/** What is wrong with a field: 422 and the errno of its kind. */
export interface BadField {
  readonly object: string;
  readonly field: string;
  readonly value: unknown;
  readonly message: string;
  /** 1004 invalid value unless told. */
  readonly errno?: number;
}

/** A field's value is refused. */
export function badField({ object, field, value, message, errno = 1004 }: BadField): Refusal {
  return new Refusal(422, { errno, message, field, object, value: shown(value) });
}

/** Scope, role or a read-only field: 403. */
export function forbidden(complaint: Complaint): Refusal {
  return new Refusal(403, complaint);
}

/** A feature that is not in the plan: refused with HTTP 200 (freshbooks.md 2.5). */
export function notInPlan(errno: number): Refusal {
  return new Refusal(200, { errno, message: 'This feature is not available on your current plan.' });
}

function titled(object: string): string {
  const words = object.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
