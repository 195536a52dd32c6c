import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { CODE_GROUPS, ENDINGS, QUESTIONS, REVIEW_KINDS } from '@mlc/core';

const DECISIONS = fileURLToPath(new URL('../../../docs/decisions.md', import.meta.url));

/** The text under a heading of the second level, up to the next one. */
function sectionOf(title: string): string {
  const [, rest = ''] = `\n${readFileSync(DECISIONS, 'utf8')}`.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** Rows of the tables in a text without their headings, cell by cell. */
function rowsOf(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('every ending without effect is in docs/decisions.md, word by word', () => {
  const table = Object.entries(ENDINGS).map(([code, { meaning, whyHarmless }]) => [
    `\`${code}\``,
    meaning,
    whyHarmless,
  ]);
  expect(rowsOf(sectionOf('Endings without effect'))).toEqual(table);
});

test('what is done about each code of Transaction Search is there, too', () => {
  const table = Object.entries(CODE_GROUPS).map(([code, { meaning, received, sent }]) => [
    `\`${code}\``,
    meaning,
    received,
    sent,
  ]);
  expect(rowsOf(sectionOf("Rows of PayPal's Transaction Search")).slice(0, table.length)).toEqual(table);
});

test('every kind of review is in docs/decisions.md, word by word and in the order of the list', () => {
  const table = REVIEW_KINDS.map((kind) => {
    const { opens, settles, covers } = QUESTIONS[kind];
    return [`\`${kind}\``, opens, settles, covers];
  });
  expect(rowsOf(sectionOf('Questions to people'))).toEqual(table);
});
