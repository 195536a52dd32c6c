import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { REVIEW_KINDS } from '@mlc/core';
import { parseBusinessFile } from '@mlc/platform/config/business-file';
import { VARIABLES } from '@mlc/platform/config/variables';
import type { Command } from 'commander';
import { buildProgram } from './program.ts';

/** Documents against reality: what they tell people to type, open and set has to exist. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...markdownIn('docs'),
  ...markdownIn('bench'),
];

const PROGRAM = buildProgram(
  { out: () => Promise.resolve(), err: () => undefined, isWatched: false },
  () => undefined,
);

/** Set by the test run for its own harness; everything else that is named has to be a setting. */
const HARNESS = ['MLC_TEST_POSTGRES_URL', 'MLC_PROPERTY_SEED'];

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return markdownIn(path);
      return path.endsWith('.md') ? [path] : [];
    })
    .sort();
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const BLOCK = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** What is set as code: fenced blocks line by line, and inline spans (which may break over a line). */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(BLOCK)].flatMap(([, , body = '']) => body.split('\n'));
  const spans = [...text.replaceAll(BLOCK, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) =>
    span.replaceAll(/\s+/g, ' '),
  );
  return [...blocks, ...spans];
}

const matchesIn = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? '')),
];

/** Null when the words after `mlc` are a call this program takes, else what is wrong with them. */
function mistakeIn(words: readonly string[]): string | null {
  let command: Command = PROGRAM;
  for (const word of words) {
    if (word.startsWith('-')) {
      const known = ['-h', '--help', ...command.options.flatMap(({ short, long }) => [short, long])];
      if (!known.includes(word.split('=')[0])) return `${command.name()} takes no ${word}`;
      continue;
    }
    const next = command.commands.find((each) => each.name() === word);
    if (next !== undefined) command = next;
    else if (command.commands.length > 0 && /^[a-z-]+$/.test(word)) return `there is no mlc ${word}`;
    else if (command.commands.length > 0) return null;
  }
  return null;
}

/** The calls of `mlc` in a line of code, as words; what follows in the line (comments, pipes) is cut off. */
function callsIn(line: string): string[][] {
  return [...line.matchAll(/(?:^|[\s(])mlc ([^|;#&>()]+)/g)].map(([, call = '']) => call.trim().split(/\s+/));
}

/** The anchor GitHub gives a heading. */
function anchorsOf(text: string): string[] {
  return [...text.replaceAll(BLOCK, '').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLink(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : relative(ROOT, join(ROOT, dirname(from), path));
  if (!existsSync(join(ROOT, file))) return true;
  return anchor !== undefined && !anchorsOf(read(file)).includes(anchor);
}

describe.each(DOCUMENTS)('%s', (path) => {
  const text = read(path);

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = matchesIn(text, /\bnpm run (?:--silent )?([a-z][\w:-]*)/g);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('calls mlc with verbs and options that exist', () => {
    const mistakes = codeOf(text)
      .flatMap(callsIn)
      .map(mistakeIn)
      .filter((mistake) => mistake !== null);
    expect(mistakes).toEqual([]);
  });

  test('links to what exists', () => {
    const targets = matchesIn(text.replaceAll(BLOCK, ''), /\]\(([^)\s]+)\)/g);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => brokenLink(path, target))).toEqual([]);
  });

  test('names files that exist', () => {
    const named = codeOf(text).flatMap((line) =>
      matchesIn(
        line,
        /(?<![\w./@-])((?:apps|packages|docs|prisma|deploy|scripts|bench|tests|\.ci)\/[\w./-]*)/g,
      ),
    );
    expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  test('names settings that exist', () => {
    const named = matchesIn(text, /\b((?:MLC|FRESHBOOKS|GOCARDLESS|PAYPAL|SANDBOX)_[A-Z][A-Z_]*[A-Z])\b/g);
    const known = [...Object.keys(VARIABLES), ...HARNESS];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('README.md', () => {
  const text = read('README.md');

  test('has a business file that can be applied', () => {
    const files = [...text.matchAll(BLOCK)].filter(([, language]) => language === 'json');
    expect(files.length).toBeGreaterThan(0);
    for (const [, , file = ''] of files) expect(parseBusinessFile(file).business).toBe('acme');
  });

  test('explains every kind of review and no other', () => {
    const rows = [...text.matchAll(/^\| `([a-z_]+)`/gm)].map(([, kind = '']) => kind);
    expect(rows.filter((kind) => REVIEW_KINDS.some((each) => each === kind)).sort()).toEqual(
      [...REVIEW_KINDS].sort(),
    );
  });

  test('leads to every runbook', () => {
    const runbooks = readdirSync(join(ROOT, 'docs/runbooks'));
    expect(runbooks.filter((name) => !text.includes(`](docs/runbooks/${name})`))).toEqual([]);
    expect(statSync(join(ROOT, 'docs/runbooks')).isDirectory()).toBe(true);
  });
});

test('CHANGELOG.md says what is unreleased, and what to do when upgrading', () => {
  const [, unreleased = ''] = read('CHANGELOG.md').split('\n## [Unreleased]\n');
  expect(unreleased.split('\n## ')[0]).toMatch(/^### Upgrading$/m);
});

describe('the reading of documents', () => {
  test.each([
    ['npx mlc status --json', null],
    ['mlc reviews resolve 12 --action done --note "seen"', null],
    ['mlc --help', null],
    ['mlc stats', 'there is no mlc stats'],
    ['mlc reviews shut 12', 'there is no mlc shut'],
    ['mlc drain --time 3', 'drain takes no --time'],
  ])('%s', (line, mistake) => {
    expect(callsIn(line).map(mistakeIn)).toEqual([mistake]);
  });
});
