// Writes docs/configuration.md from the configuration schema (needs a build). A unit test fails when they differ.
import { writeFile } from 'node:fs/promises';
import { configurationDocument } from '@mlc/platform/config/document-config';

await writeFile('docs/configuration.md', configurationDocument());
