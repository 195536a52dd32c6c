import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import locales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Compressed once here, when every file is as it will be sent. */
function gzipped(): Plugin {
  return {
    name: 'gzipped',
    async writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css)$/.test(each))) {
        const path = join(dir, name);
        await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [locales.vite({ locales: ['en-GB', 'en-US'] }), react(), gzipped()],
  build: {
    assetsDir: 'app',
    // One stylesheet, asked for by index.html: nothing flashes, and no script adds one.
    cssCodeSplit: false,
    // A picture inside a stylesheet would be a data: address, which the policy allows for images only.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
  },
});
