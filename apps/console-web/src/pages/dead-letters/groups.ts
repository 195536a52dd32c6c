import type { DeadLetter } from '../../api/types.ts';

/** Dead letters of one cause. */
export interface Cause {
  readonly key: string;
  readonly flow: string;
  readonly failureKind: string;
  /** The newest of them. */
  readonly newest: DeadLetter;
  readonly letters: readonly DeadLetter[];
}

/** An error without what differs from case to case: ids, numbers, quoted names. */
export function shapeOf(error: string): string {
  return error
    .replaceAll(/"[^"]*"|'[^']*'/g, '…')
    .replaceAll(/\b(?=[\w-]*\d)[\w-]+\b/g, '#')
    .slice(0, 200);
}

/** By flow, kind and shape of the error, in the order of their newest. */
export function causesOf(letters: readonly DeadLetter[]): Cause[] {
  const causes = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const key = `${letter.flow} ${letter.failureKind} ${shapeOf(letter.error)}`;
    causes.set(key, [...(causes.get(key) ?? []), letter]);
  }
  return [...causes].flatMap(([key, same]) => {
    const [newest] = same;
    if (newest === undefined) return [];
    return [{ key, flow: newest.flow, failureKind: newest.failureKind, newest, letters: same }];
  });
}
