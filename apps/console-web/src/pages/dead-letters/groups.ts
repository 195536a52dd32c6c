import type { DeadLetter } from '../../api/types.ts';

/** Dead letters of one cause. */
export interface Cause {
  readonly key: string;
  readonly flow: string;
  readonly failureKind: string;
  readonly letters: readonly DeadLetter[];
}

/** By the cause that the API names, in the order of their newest. */
export function causesOf(letters: readonly DeadLetter[]): Cause[] {
  const causes = new Map<string, DeadLetter[]>();
  for (const letter of letters) causes.set(letter.group, [...(causes.get(letter.group) ?? []), letter]);
  return [...causes].flatMap(([key, same]) => {
    const [newest] = same;
    return newest === undefined
      ? []
      : [{ key, flow: newest.flow, failureKind: newest.failureKind, letters: same }];
  });
}
