import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const HOUSES = ['bot', 'core', 'ops', 'config'] as const;

/** Folders of core that speak of the product alone. The files right in core/ belong to them. */
const DOMAIN = new Set([
  ...['', 'ask', 'backup', 'embed', 'erase', 'export', 'incident', 'ingest', 'keys', 'retention', 'wording'],
]);
/** One folder per technology. They know the domain, and not each other. */
const TECHNOLOGY = new Set([
  'extract',
  'ollama',
  'openai',
  'prometheus',
  'qdrant',
  'resvg',
  'sqlite',
  'static-embedder',
  'transformers',
  'zipjs',
]);
/** Folders of core that put technologies together. */
const COMPOSITION = new Set(['models']);

/** Who outside of core may name a technology (or a composition) of core, what, and why. */
const NAMES_TECHNOLOGY: readonly { from: RegExp; to: RegExp; why: string }[] = [
  { from: /^(bot|ops)\/main\.ts$/, to: /./, why: 'entry files put the parts together' },
  { from: /^ops\/run-jobs\.ts$/, to: /./, why: 'part of the entry file of ops' },
  { from: /^bot\/(unlock-household|work-unlocked)\.ts$/, to: /./, why: 'parts of the entry file of bot' },
  { from: /^ops\/kinkeeper\.ts$/, to: /./, why: 'the entry file of the operator’s command line' },
  {
    from: /^bot\/console(\.ts|\/console-parts\.ts)$/,
    to: /./,
    why: 'the entry of the console puts its parts together',
  },
  { from: /^bot\/open-index\.ts$/, to: /^core\/qdrant\//, why: 'part of both entry files of bot' },
  {
    from: /^ops\/doctor\/check-index\.ts$/,
    to: /^core\/qdrant\/access-token\.ts$/,
    why: 'doctor tries what a token may do',
  },
  {
    from: /^ops\/doctor\/check-machine\.ts$/,
    to: /^core\/(models\/choose|transformers\/model-manifest)\.ts$/,
    why: 'doctor compares the model of the settings with what was downloaded',
  },
  { from: /^bot\/choose-models\.ts$/, to: /^core\/models\//, why: 'part of both entry files of bot' },
  { from: /^bot\/matrix\//, to: /^core\/sqlite\/(open-encrypted|migrate)\.ts$/, why: 'bot.db is the bot’s own store' },
  { from: /^bot\/erase\/left-in-bot-db\.ts$/, to: /^core\/sqlite\/find-leftovers\.ts$/, why: 'bot.db is read raw' },
  { from: /^ops\/keys\/keys-desk\.ts$/, to: /^core\/sqlite\//, why: 'opens a state folder for one act at the shell' },
  {
    from: /^ops\/import\//,
    to: /^core\/(sqlite\/(open-state|process-lock)|zipjs\/sealed-zip|static-embedder\/token-vectors)\.ts$/,
    why: 'an import opens a state folder for one act at the shell',
  },
  {
    from: /^ops\/backup\/write-generation\.ts$/,
    to: /^core\/sqlite\/freeze-state\.ts$/,
    why: 'freezes the stores in a process of its own',
  },
  {
    from: /^ops\/backup\/make-backup\.ts$/,
    to: /^core\/sqlite\/process-lock\.ts$/,
    why: 'one backup at a time, whoever makes it',
  },
  {
    from: /^ops\/restore\//,
    to: /^core\/(sqlite\/(open-state|process-lock)|static-embedder\/token-vectors)\.ts$/,
    why: 'a restore opens a state folder for one act at the shell',
  },
  { from: /^ops\/setup\/one-run\.ts$/, to: /^core\/sqlite\/process-lock\.ts$/, why: 'one run at a time on a folder' },
  { from: /^ops\/open-when-ready\.ts$/, to: /^core\/sqlite\/open-state\.ts$/, why: 'part of the entry file of ops' },
  {
    from: /^ops\/setup\/measure-model\.ts$/,
    to: /^core\/ollama\/ollama-models\.ts$/,
    why: 'set-up names the model that the bot will choose by itself',
  },
  {
    from: /^ops\/setup\/await-household\.ts$/,
    to: /^core\/sqlite\/open-state\.ts$/,
    why: 'set-up opens the state folder that the bot has just made',
  },
  {
    from: /^ops\/doctor\/check-state\.ts$/,
    to: /^core\/sqlite\//,
    why: 'doctor looks at a state folder that is not open',
  },
];

/** Who may import from config besides entry files, and why. Types are no reading: they are free. */
const READS_CONFIG: readonly { from: RegExp; why: string }[] = [
  { from: /^(bot|ops)\/main\.ts$/, why: 'entry file' },
  { from: /^ops\/kinkeeper\.ts$/, why: 'entry file' },
  { from: /^bot\/console\.ts$/, why: 'entry file' },
  { from: /^ops\/doctor\/check-settings\.ts$/, why: 'doctor examines the settings themselves' },
];

/** The only files that make a caller, besides tests. */
const MAKES_CALLERS = ['core/sqlite/people-store.ts', 'core/sqlite/room-store.ts', 'core/sqlite/share-store.ts'];
/** The only files that look at the environment: entry files. */
const READS_ENVIRONMENT = [/^(bot|ops)\/main\.ts$/, /^ops\/kinkeeper\.ts$/, /^bot\/console\.ts$/, /^config\//];
/** Files that are started as a process of their own from another folder, and why. */
const STARTS_BY_PATH: readonly { line: RegExp; why: string }[] = [
  {
    line: /^core\/ingest\/[\w-]+\.ts -> core\/extract\/(child|probe)\.ts$/,
    why: 'foreign files are read in a sandbox',
  },
  { line: /^ops\/backup\/write-in-child\.ts -> ops\/backup\/backup-child\.ts$/, why: 'see store-freezer.ts' },
  {
    line: /^ops\/setup\/first-conversation\.ts -> bot\/first-message\.ts$/,
    why: 'set-up ends with a message by a client of bot, started as a program of its own',
  },
  { line: /^ops\/kinkeeper\.ts -> bot\/console\.ts$/, why: '`kinkeeper console` is a program of bot, started as such' },
];
/** The only files that write to the console, and why. */
const WRITES_TO_CONSOLE = ['ops/kinkeeper.ts']; // its output is what the operator's command line is for
/** Packages that belong to one folder. */
const PACKAGES: readonly { name: RegExp; home: RegExp }[] = [
  { name: /^(matrix-bot-sdk|@matrix-org\/|fake-indexeddb)/, home: /^bot\/matrix\// },
  { name: /^sqlite-vec$/, home: /^core\/sqlite\// },
  { name: /^@zip\.js\//, home: /^core\/zipjs\// },
  { name: /^(@resvg\/|dejavu-fonts-ttf)/, home: /^core\/resvg\// },
  { name: /^@xenova\/transformers$/, home: /^core\/transformers\// },
  { name: /^@qdrant\//, home: /^core\/qdrant\// },
  { name: /^prom-client$/, home: /^core\/prometheus\// },
  { name: /^nodemailer$/, home: /^ops\/second-way\// },
  { name: /^ollama$/, home: /^core\/ollama\// },
  {
    name: /^(mammoth|@hyzyla\/pdfium|papaparse|html-to-text|chardet|iconv-lite|postal-mime|@kenjiuno\/msgreader|ical\.js|fflate)/,
    home: /^core\/extract\//,
  },
];

interface Import {
  readonly from: string;
  /** A path of ours relative to the root, or a package. */
  readonly to: string;
  readonly typeOnly: boolean;
  /** `import()`: loaded when it is needed, not at the start. */
  readonly later: boolean;
}
interface Source {
  readonly file: string;
  /** The text without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const IMPORT = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;
const URLS = /new URL\(\s*['"](\.[^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g;

/** Comments go, strings stay; good enough for our own formatted code. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/([;{},)]\s*)\/\/ .*$/gm, '$1');
}

function readSource(file: string): Source {
  const code = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
  const to = (name: string) =>
    name.startsWith('.')
      ? normalize(join(dirname(file), name))
          .split(sep)
          .join('/')
      : name;
  const still = [...code.matchAll(IMPORT)].map(([, type, name]) => ({
    from: file,
    to: to(name!),
    typeOnly: type !== undefined,
    later: false,
  }));
  const later = [...code.matchAll(DYNAMIC)].map(([, name]) => ({
    ...{ from: file, to: to(name!) },
    ...{ typeOnly: false, later: true },
  }));
  return { file, code, imports: [...still, ...later] };
}

const sources: Source[] = HOUSES.flatMap((house) =>
  readdirSync(join(ROOT, house), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).split(sep).join('/'))
    .filter((file) => !file.includes('node_modules'))
    .sort()
    .map(readSource),
);
const imports = sources.flatMap((source) => source.imports);
const houseOf = (path: string) => HOUSES.find((house) => path.startsWith(`${house}/`));
const isOurs = (path: string) => houseOf(path) !== undefined;
/** The folder right below core; "" for files in core itself. */
const partOfCore = (path: string) => (path.split('/').length > 2 ? path.split('/')[1]! : '');
const shown = (list: readonly Import[]) => list.map(({ from, to }) => `${from} -> ${to}`);

describe('the reading of the sources itself', () => {
  test('finds them, with all their imports', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(imports.length).toBeGreaterThan(600);
    expect(shown(imports)).toContain('bot/main.ts -> config/load.ts');
    expect(shown(imports)).toContain('bot/matrix/transport.ts -> matrix-bot-sdk');
    for (const { file, code } of sources) {
      const lines = code
        .split('\n')
        .filter((line) => /^(import|export) .*from '|^} from '|^import '/.test(line)).length;
      const found = imports.filter(({ from }) => from === file).length;
      expect(found, file).toBeGreaterThanOrEqual(lines);
    }
  });

  test('every import of ours names a file that is there, with its ending', () => {
    const files = new Set(sources.map(({ file }) => file));
    expect(
      shown(
        imports.filter(
          ({ from, to }) => /^(\.|bot|core|ops|config)\//.test(to) && !files.has(to) && !from.endsWith('.d.ts'),
        ),
      ),
    ).toEqual([]);
  });

  test('no import leaves the house: nothing of test/ is used', () => {
    expect(shown(imports.filter(({ to }) => to.startsWith('..') || to.startsWith('test/')))).toEqual([]);
  });
});

describe('imports between the houses', () => {
  test.each([
    ['core', ['core']],
    ['config', ['config', 'core']],
    ['bot', ['bot', 'core', 'config']],
    ['ops', ['ops', 'core', 'config']],
  ] as const)('%s imports from %j only', (house, allowed) => {
    const wrong = imports.filter(
      ({ from, to }) => houseOf(from) === house && isOurs(to) && !(allowed as readonly string[]).includes(houseOf(to)!),
    );
    expect(shown(wrong)).toEqual([]);
  });

  test('settings are read by entry files, which hand plain values down', () => {
    const reading = imports.filter(
      ({ from, to, typeOnly }) => houseOf(to) === 'config' && houseOf(from) !== 'config' && !typeOnly,
    );
    // What an error or a secret is has to be known where it is handled.
    const wrong = reading.filter(
      ({ from, to }) =>
        !/^config\/(config-error|secret)\.ts$/.test(to) && !READS_CONFIG.some((rule) => rule.from.test(from)),
    );
    expect(shown(wrong)).toEqual([]);
    for (const { from, why } of READS_CONFIG)
      expect(
        reading.some((one) => from.test(one.from)),
        why,
      ).toBe(true);
  });
});

describe('technologies', () => {
  const inCore = (path: string) => houseOf(path) === 'core';
  const isTechnical = (path: string) =>
    inCore(path) && (TECHNOLOGY.has(partOfCore(path)) || COMPOSITION.has(partOfCore(path)));

  test('every folder of core is known to be one thing or another', () => {
    const folders = new Set(sources.filter(({ file }) => inCore(file)).map(({ file }) => partOfCore(file)));
    const unknown = [...folders].filter(
      (folder) => !DOMAIN.has(folder) && !TECHNOLOGY.has(folder) && !COMPOSITION.has(folder),
    );
    expect(unknown).toEqual([]);
  });

  test('the domain imports none', () => {
    expect(
      shown(imports.filter(({ from, to }) => inCore(from) && DOMAIN.has(partOfCore(from)) && isTechnical(to))),
    ).toEqual([]);
  });

  test('none imports another', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        inCore(from) && TECHNOLOGY.has(partOfCore(from)) && isTechnical(to) && partOfCore(from) !== partOfCore(to),
    );
    expect(shown(wrong)).toEqual([]);
  });

  test('are named outside of core only where the parts are put together', () => {
    const outside = imports.filter(({ from, to, typeOnly }) => !inCore(from) && isTechnical(to) && !typeOnly);
    expect(
      shown(
        outside.filter(({ from, to }) => !NAMES_TECHNOLOGY.some((rule) => rule.from.test(from) && rule.to.test(to))),
      ),
    ).toEqual([]);
    const types = imports.filter(({ from, to, typeOnly }) => !inCore(from) && isTechnical(to) && typeOnly);
    expect(
      shown(types.filter(({ from, to }) => !NAMES_TECHNOLOGY.some((rule) => rule.from.test(from) && rule.to.test(to)))),
    ).toEqual([]);
  });

  test('keep their packages to themselves', () => {
    const wrong = imports.filter(({ from, to }) =>
      PACKAGES.some(({ name, home }) => name.test(to) && !home.test(from)),
    );
    expect(shown(wrong)).toEqual([]);
  });

  test('a file that is started by its path keeps the rules too', () => {
    const started = sources.flatMap(({ file, code }) =>
      [...code.matchAll(URLS)].map(([, name]) => `${file} -> ${normalize(join(dirname(file), name!))}`),
    );
    const within = /^core\/(\w+)\/[\w-]+\.ts -> core\/\1\//;
    expect(
      started.filter((line) => !within.test(line) && !STARTS_BY_PATH.some((rule) => rule.line.test(line))),
    ).toEqual([]);
  });
});

test('callers are made in one place only', () => {
  const makers = sources.filter(({ code }) => /\bnew Caller\(/.test(code)).map(({ file }) => file);
  expect(makers).toEqual(MAKES_CALLERS);
});

test('nobody writes to the console: the log and the terminal’s own writers keep words and secrets out', () => {
  const writes = /\bconsole\.(log|error|warn|info|debug|trace|dir|table)\b/;
  const writers = sources.filter(({ code }) => writes.test(code)).map(({ file }) => file);
  expect(writers).toEqual(WRITES_TO_CONSOLE);
});

test('the environment is read by entry files and settings only', () => {
  const readers = sources.filter(
    ({ file, code }) =>
      /\bprocess\.env\b|\bfrom 'node:process'/.test(code) && !READS_ENVIRONMENT.some((rule) => rule.test(file)),
  );
  expect(readers.map(({ file }) => file)).toEqual([]);
});

/** All that a file loads at its start: our own files and packages, without what it loads later. */
function loadedBy(file: string): Set<string> {
  const loaded = new Set([file]);
  for (const one of loaded)
    for (const { to } of imports.filter(({ from, typeOnly, later }) => from === one && !typeOnly && !later))
      loaded.add(to);
  return loaded;
}

test('the child that reads a file loads no package before it knows the kind of the file', () => {
  expect([...loadedBy('core/extract/child.ts')].filter((to) => !isOurs(to) && !to.startsWith('node:'))).toEqual([]);
});

test('kinkeeper loads at its start what reading settings needs; a command, and what it needs, when it is called', () => {
  const loaded = [...loadedBy('ops/kinkeeper.ts')];
  expect(loaded.filter((file) => /-commands?\.ts$/.test(file))).toEqual([]);
  const packages = loaded.filter((to) => !isOurs(to) && !to.startsWith('node:'));
  expect(packages.toSorted()).toEqual(['commander', 'node-cron', 'pino', 'yaml', 'zod']);
});

test('bot starts without the client of Qdrant, which few households have', () => {
  expect([...loadedBy('bot/main.ts')].filter((to) => /qdrant/.test(to))).toEqual([]);
});

test('there is no import cycle', () => {
  // Types are erased: two files that name each other's types do not need each other to start.
  const edges = new Map(
    sources.map(({ file, imports: own }) => [
      file,
      own
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ to }) => to)
        .filter(isOurs),
    ]),
  );
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const { file } of sources) visit(file, []);
  expect(cycles).toEqual([]);
});

test('no file names a place of one machine', () => {
  const wrong = sources
    .filter(({ code }) => /['"`](\/work\/|\/root\/|\/home\/[a-z])/.test(code))
    .map(({ file }) => file);
  expect(wrong).toEqual([]);
});
