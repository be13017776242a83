import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONSOLE = fileURLToPath(new URL('../../../bot/console.ts', import.meta.url));

/** A throw-away home: settings, passphrase, a place for files. Every console that runs in it is a real process. */
export interface ConsoleHome {
  readonly folder: string;
  write(name: string, content: string | Uint8Array): string;
  run(lines: readonly string[], options?: RunOptions): Promise<ConsoleRun>;
  remove(): void;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ConsoleRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const SETTINGS = `stateDir: ./state
log: silent
people:
  - { id: "@ada:home.test", role: admin }
  - { id: "@ben:home.test", role: member, language: de }
keys: { passphraseFile: ./passphrase }
embedding: { kind: none }
answering: { kind: extractive }
`;

/** All that a console finds around it; the last one is for speed only. */
const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
const LEAST_ENV = { PATH, LANG: 'C.UTF-8', NODE_COMPILE_CACHE };

export function consoleHome(): ConsoleHome {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-console-'));
  const write = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  write('kinkeeper.yaml', SETTINGS);
  write('passphrase', 'correct horse battery staple\n');
  return {
    folder,
    write,
    run: (lines, options) => runConsole(folder, lines, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runConsole(
  folder: string,
  lines: readonly string[],
  { args = [], env = {} }: RunOptions = {},
): Promise<ConsoleRun> {
  const child = spawn(process.execPath, [CONSOLE, ...args], {
    cwd: folder,
    env: { ...LEAST_ENV, HOME: folder, ...env },
  });
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      out[name] += text;
    });
  }
  // A console that ends early (a settings error) does not read its input any more.
  child.stdin.on('error', () => {});
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...out }));
  });
}
