import { isDate } from './calendar.ts';
import { Refusal, validationFailed, wronglyTyped } from './refusal.ts';
import type { ErrorEntry } from './refusal.ts';
import type { Metadata } from './wire.ts';

export type Body = Readonly<Record<string, unknown>>;

const METADATA_KEYS_MAX = 3;
const METADATA_KEY_LENGTH_MAX = 50;
const METADATA_VALUE_LENGTH_MAX = 500;

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the parameters of one request and collects what is wrong with them. `check()` throws: missing and mistyped
 * parameters first (422 invalid_type), else failed validations (422 validation_failed).
 */
export class Fields {
  readonly #body: Body;
  readonly #pointer: string;
  readonly #mistyped: ErrorEntry[];
  readonly #failed: ErrorEntry[];

  constructor(body: Body, pointer: string, parent?: Fields) {
    this.#body = body;
    this.#pointer = pointer;
    this.#mistyped = parent === undefined ? [] : parent.#mistyped;
    this.#failed = parent === undefined ? [] : parent.#failed;
  }

  has(name: string): boolean {
    return this.#body[name] !== undefined && this.#body[name] !== null;
  }

  /** The value as it came. */
  raw(name: string): unknown {
    return this.#body[name];
  }

  text(name: string, maxLength?: number): string | null {
    const value = this.#value(name, 'string', (given) => typeof given === 'string');
    if (typeof value !== 'string') return null;
    const limit = maxLength ?? Number.POSITIVE_INFINITY;
    if (value.length > limit) this.fail(name, `is too long (maximum is ${limit} characters)`);
    return value;
  }

  requiredText(name: string): string {
    this.#require(name);
    return this.text(name) ?? '';
  }

  /** Integers may be sent as text (1.3); null when absent or unreadable. */
  integer(name: string): number | null {
    const readable = (given: unknown): boolean =>
      Number.isSafeInteger(given) || (typeof given === 'string' && /^-?\d{1,15}$/.test(given));
    const value = this.#value(name, 'integer', readable);
    return value === null ? null : Number(value);
  }

  requiredInteger(name: string): number {
    this.#require(name);
    return this.integer(name) ?? 0;
  }

  flag(name: string): boolean {
    return this.#value(name, 'boolean', (given) => typeof given === 'boolean') === true;
  }

  date(name: string): string | null {
    const value = this.text(name);
    if (value === null || isDate(value)) return value;
    this.fail(name, 'is not a valid date');
    return null;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | null {
    const value = this.text(name);
    if (value === null) return null;
    const known = allowed.find((entry) => entry === value);
    if (known === undefined)
      this.#mistyped.push({
        message: `"${name}" must be one of ${allowed.join(', ')}.`,
        request_pointer: this.#at(name),
      });
    return known ?? null;
  }

  list(name: string): readonly unknown[] | null {
    const value = this.#value(name, 'array', Array.isArray);
    return Array.isArray(value) ? (value as unknown[]) : null;
  }

  /** Reads an object inside; its mistakes join this one's. */
  inside(name: string): Fields {
    const value = this.#value(name, 'object', isObject);
    return new Fields(isObject(value) ? value : {}, this.#at(name), this);
  }

  metadata(): Metadata {
    const value = this.#value('metadata', 'object', isObject);
    const entries = isObject(value) ? Object.entries(value) : [];
    if (entries.length > METADATA_KEYS_MAX)
      this.fail('metadata', `must have at most ${METADATA_KEYS_MAX} keys`);
    for (const [key, text] of entries) {
      if (typeof text !== 'string') this.fail('metadata', `value of ${key} must be a string`);
      else if (key.length > METADATA_KEY_LENGTH_MAX)
        this.fail('metadata', 'keys must be at most 50 characters');
      else if (text.length > METADATA_VALUE_LENGTH_MAX)
        this.fail('metadata', 'values must be at most 500 characters');
    }
    return Object.fromEntries(entries) as Metadata;
  }

  /** A required `links.<name>`. */
  link(name: string): string {
    if (!this.has('links')) this.#missing('links');
    return this.has('links') ? this.inside('links').requiredText(name) : '';
  }

  optionalLink(name: string): string | null {
    return this.has('links') ? this.inside('links').text(name) : null;
  }

  fail(field: string, message: string, metadata?: Readonly<Record<string, unknown>>): void {
    const entry = { field, message, request_pointer: this.#at(field) };
    this.#failed.push(metadata === undefined ? entry : { ...entry, metadata });
  }

  /** For the odd entry whose `field` is not what its pointer names. */
  failAt(field: string, name: string, message: string): void {
    this.#failed.push({ field, message, request_pointer: this.#at(name) });
  }

  check(): void {
    if (this.#mistyped.length > 0) throw wronglyTyped(this.#mistyped);
    if (this.#failed.length > 0) throw validationFailed(this.#failed);
  }

  #require(name: string): void {
    if (!this.has(name)) this.#missing(name);
  }

  #missing(name: string): void {
    this.#mistyped.push({ message: `"${name}" wasn't supplied.`, request_pointer: this.#pointer });
  }

  #value(name: string, type: string, isReadable: (given: unknown) => boolean): unknown {
    const value = this.#body[name];
    if (value === undefined || value === null) return null;
    if (isReadable(value)) return value;
    this.#mistyped.push({ message: `"${name}" must be of type ${type}.`, request_pointer: this.#at(name) });
    return null;
  }

  #at(name: string): string {
    return `${this.#pointer}/${name}`;
  }
}

/** The object under `key` of a request body. */
export function unwrap(body: unknown, key: string): Body {
  if (!isObject(body)) throw invalidStructure('Root element must be an object.');
  const inner = body[key];
  if (!isObject(inner)) throw invalidStructure(`"${key}" must be an object.`);
  return inner;
}

function invalidStructure(detail: string): Error {
  return new Refusal({
    status: 400,
    type: 'invalid_api_usage',
    message: 'Invalid document structure',
    errors: [{ message: detail }],
    slug: 'invalid_document_structure',
  });
}
