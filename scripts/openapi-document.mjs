// Writes apps/console/openapi.json from the routes of the console's API. Usage: npm run docs:api
import { writeFile } from 'node:fs/promises';
import { openApiDocument, ROUTES } from '../apps/console/dist/index.js';

const document = `${JSON.stringify(openApiDocument(ROUTES), null, 2)}\n`;
await writeFile(new URL('../apps/console/openapi.json', import.meta.url), document);
