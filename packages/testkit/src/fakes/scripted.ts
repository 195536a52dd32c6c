/** When a scripted failure strikes: before the work is done, or after it (the answer is lost). */
export type Strike = 'before' | 'after';

interface Script {
  readonly method: string;
  readonly strike: Strike;
  readonly failure?: Error;
  readonly answer?: { readonly value: unknown };
  times: number;
}

/** Failures a fake provider runs into, in the order they were scripted. */
export class Faults {
  readonly #scripts: Script[] = [];
  /** Every call made, oldest first, e.g. `createDebit`. */
  readonly calls: string[] = [];

  /** The next `times` calls of `method` fail. */
  fail(method: string, strike: Strike, failure: Error, times = 1): void {
    this.#scripts.push({ method, strike, failure, times });
  }

  /** Runs the work of one call with whatever was scripted for it. */
  async around<T>(method: string, work: () => T): Promise<T> {
    this.calls.push(method);
    const script = this.#scripts.find((candidate) => candidate.method === method && candidate.times > 0);
    if (script !== undefined) script.times -= 1;
    if (script?.answer !== undefined) return script.answer.value as T;
    if (script?.strike === 'before') throw script.failure ?? new Error(`${method} failed`);
    const result = work();
    if (script?.strike === 'after') throw script.failure ?? new Error(`${method} failed`);
    return Promise.resolve(result);
  }

  /** The next `times` calls of `method` are answered with this instead of the truth: a read side that is behind. */
  answer(method: string, value: unknown, times = 1): void {
    this.#scripts.push({ method, strike: 'before', answer: { value }, times });
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter((call) => call === method).length;
  }
}
