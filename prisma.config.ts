import { defineConfig } from 'prisma/config';

/** Read by the Prisma command line only; the application gets its database from `packages/platform/src/config`. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
