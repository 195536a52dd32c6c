// Prints the SQL that leads from the schema in FILE (or from nothing) to prisma/schema.prisma, for a new migration.
// Usage: DATABASE_URL=… node scripts/migration-sql.mjs [OLD_SCHEMA_FILE]. Uses Prisma's schema engine as WebAssembly, so
// nothing is downloaded; the engine wants some live database to talk to and changes nothing in it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';

async function schemaEngine(datamodel) {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = await readFile(entry.replace(/schema_engine\.js$/, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  );
  return bindings.SchemaEngine.new({ datamodels: [['schema.prisma', datamodel]] }, () => undefined, adapter);
}

async function schemaTarget(path) {
  if (path === undefined) return { tag: 'empty' };
  return { tag: 'schemaDatamodel', files: [{ path, content: await readFile(path, 'utf8') }] };
}

const to = 'prisma/schema.prisma';
const engine = await schemaEngine(await readFile(to, 'utf8'));
const diff = await engine.diff({
  from: await schemaTarget(process.argv[2]),
  to: await schemaTarget(to),
  script: true,
  exitCode: null,
  shadowDatabaseUrl: null,
  filters: { externalTables: [], externalEnums: [] },
});
process.stdout.write(diff.stdout ?? '');
