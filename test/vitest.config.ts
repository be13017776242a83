import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.ts';
import { PATIENCE_MS } from './patience.ts';
import { scratchFolder } from './scratch-folder.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

// Tests that start processes of the product or read hostile files; a minute or two, so `npm run check` leaves them out.
const PROCESSES = [
  'test/bench/**/*.test.ts',
  'test/bot/console/**/*.test.ts',
  'test/bot/{dispatcher,dispatcher-rooms}.test.ts',
  'test/bot/export/export-desk.test.ts',
  'test/bot/{day-counter,family-rooms,papers,quotes,start-embedding,status-message}.test.ts',
  'test/bot/matrix/{crypto-kill,crypto-machine,sync-loop}.test.ts',
  'test/core/plain-rows.test.ts',
  'test/core/{resvg,transformers}/**/*.test.ts',
  'test/core/ask/quality.test.ts',
  'test/core/ingest/{containers,hostile-files,household,office-files,sandbox,read-file,read-pdf,read-rtl-pdf,recognition}.test.ts',
  'test/core/sqlite/{freeze-state,kill,open-state,share-kill,store-freezer}.test.ts',
  'test/ops/backup/{archive,large-pieces,*-command,*-remote}.test.ts',
  'test/ops/{host,update}/**/*.test.ts',
  'test/ops/{restore-command,restore-postgres,import,kinkeeper,keys,locked-down,main,main-second-way,read,receipt}.test.ts',
  'test/prove/**/*.test.ts',
];

// Three projects: `unit` and `process` need nothing but node_modules; `e2e` starts real servers from the laboratory's Python environment.
export default defineConfig({
  root,
  test: {
    pool: 'forks',
    // Tests and product are loaded by Node itself, as people run them, and from its cache of compiled files. Vite's own loader
    // would translate each file first and compile it anew in every worker. (`vi.mock` needs `nodeLoader`; nothing is mocked so.)
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // One more than the cores of the smallest machine: tests with a homeserver wait more than they work.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // The product starts hundreds of times in these tests, and half of a start is compiling its files: once is enough. (What
    // reads strangers' files starts without an environment, and so without this.)
    env: { NODE_COMPILE_CACHE: `${root}node_modules/.cache/compiled`, TMPDIR: scratchFolder() },
    // For a busy machine: how fast something is, no test says. `PATIENCE_MS` is shorter, so that a test can tell what it missed.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Half of the time of a small test is importing the product: the files that one worker runs share it.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/lab/**', ...PROCESSES],
        },
      },
      { extends: true, test: { name: 'process', include: PROCESSES } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/lab/**/*.test.ts'],
          globalSetup: ['test/lab/require-lab.ts'],
        },
      },
    ],
  },
});
