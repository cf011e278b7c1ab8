import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const HERE = import.meta.dirname;
const OUT = join(HERE, '../src/social_world_model/viewer/static');
/** Everything that decides the built files. `tests/viewer/test_static.py` computes the same hash. */
const SOURCES = ['package-lock.json', 'vite.config.js', ...filesBelow('src')];

/**
 * Return the names of all files in a folder, relative to this folder, in the order of their code points.
 *
 * @param {string} folder
 */
function filesBelow(folder) {
  return readdirSync(join(HERE, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(HERE.length + 1))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** Write the hash of the sources beside the built files, so that a test without Node notices stale files. */
const stamp = {
  name: 'stamp',
  writeBundle() {
    const hash = createHash('sha256');
    for (const name of SOURCES) hash.update(name + '\0').update(readFileSync(join(HERE, name))).update('\0');
    writeFileSync(join(OUT, 'sources.sha256'), hash.digest('hex') + '\n');
  },
};

/** Mode `single`: one file with all pages, for exported files. Otherwise, pages of runs are loaded when they open. */
export default defineConfig(({ mode }) => ({
  plugins: [
    svelte({
      // Short names, from the styles and not from the path: the files are the same on every machine.
      compilerOptions: { runes: true, cssHash: ({ hash, css }) => `s${hash(css).slice(-3)}` },
      onwarn(warning) {
        throw new Error(`${warning.filename}: ${warning.code}: ${warning.message}`);
      },
    }),
    stamp,
  ],
  build: {
    rolldownOptions: {
      input: 'src/main.js',
      output: {
        format: 'es',
        codeSplitting: mode !== 'single',
        entryFileNames: mode === 'single' ? 'viewer-all.js' : 'viewer.js',
        chunkFileNames: '[name].js',
        assetFileNames: ({ names }) => `${mode === 'single' ? 'viewer-all' : names[0] === 'main.css' ? 'viewer' : '[name]'}.[ext]`,
      },
    },
    outDir: OUT,
    emptyOutDir: mode !== 'single',
    minify: true,
    modulePreload: false,
    cssCodeSplit: mode !== 'single',
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
}));
