import { describe, expect, it } from '@jest/globals';
import { Refusal } from './failures.ts';
import { days, equal, flag, like, oneOf, select } from './filters.ts';
import { pageOf, readQuery } from './query.ts';

const row = (id: number, name: string, day: string, visState = 0) => ({
  id,
  name,
  day,
  visState,
  odd: id % 2 === 1,
});
const ROWS = [row(1, 'Ann', '2026-01-01'), row(2, 'Bob', '2026-01-02', 1), row(3, 'Cid', '2026-01-03', 2)];
const RULES = {
  filters: {
    name: equal<(typeof ROWS)[number]>((each) => each.name),
    ids: oneOf<(typeof ROWS)[number]>((each) => each.id),
    name_like: like<(typeof ROWS)[number]>((each) => each.name),
    odd: flag<(typeof ROWS)[number]>((each) => each.odd),
    ...days<(typeof ROWS)[number]>('date', (each) => each.day),
  },
  orders: { name: (each: (typeof ROWS)[number]) => each.name },
};
const ids = (query: string): number[] => select(ROWS, readQuery(`/x?${query}`), RULES).map(({ id }) => id);

describe('list queries', () => {
  it.each([
    ['', [3, 1]],
    ['search[vis_state]=1', [2]],
    ['search%5Bname%5D=Ann', [1]],
    ['search[nmae]=Ann', [3, 1]],
    ['search[name_like]=i', [3]],
    ['search[ids][]=1&search[ids][]=3', [3, 1]],
    ['search[odd]=false', []],
    ['search[odd]=maybe', [3, 1]],
    ['search[date_min]=2026-01-02', [3]],
    ['search[date_max]=2026-01-01 23:00:00', [1]],
    ['sort=name_asc', [1, 3]],
    ['sort=name_desc', [3, 1]],
    ['sort=other_desc', [3, 1]],
  ])('%s', (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  it.each([
    ['', 1, 15],
    ['page=0', 1, 15],
    ['page=2&per_page=30', 2, 30],
    ['per_page=2000', 1, 100],
  ])('page and size of "%s"', (query, page, perPage) => {
    expect(readQuery(`/x?${query}`)).toMatchObject({ page, perPage });
  });

  it.each([
    ['page=-1', 1014],
    ['page=one', 1014],
    ['per_page=0', 1013],
    ['per_page=1.5', 1013],
  ])('refuses %s with errno %p', (query, errno) => {
    const refused = (): unknown => readQuery(`/x?${query}`);
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(
      expect.objectContaining({ complaint: expect.objectContaining({ errno }) as unknown }),
    );
  });

  it('cuts pages: past the end is empty, nothing has no pages', () => {
    const rows = Array.from({ length: 31 }, (_value, index) => index);
    expect(pageOf(rows, readQuery('/x?page=3'))).toEqual({
      rows: [30],
      page: 3,
      pages: 3,
      per_page: 15,
      total: 31,
    });
    expect(pageOf(rows, readQuery('/x?page=9')).rows).toEqual([]);
    expect(pageOf([], readQuery('/x'))).toMatchObject({ pages: 0, total: 0 });
  });
});
