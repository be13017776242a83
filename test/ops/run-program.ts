import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { PASSPHRASE } from './open-test-state.ts';

const REPO = fileURLToPath(new URL('../..', import.meta.url));

/** The programs of ops as real processes on a folder of their own. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'kin-prog-'));
  readonly stateDir = join(this.path, 'state');
  readonly #running: { kill(signal: 'SIGKILL'): boolean }[] = [];

  constructor() {
    mkdirSync(join(this.path, 'secrets'), { mode: 0o700 });
    this.secret('passphrase', PASSPHRASE);
  }

  secret(name: string, content: string, mode = 0o600): void {
    const file = join(this.path, 'secrets', name);
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  /** Writes kinkeeper.yaml and returns its path. Port 9 (discard) answers nothing. */
  settings(more = 'keys: { passphraseFile: ./secrets/passphrase }'): string {
    const file = join(this.path, 'kinkeeper.yaml');
    writeFileSync(file, `matrix: { homeserver: "http://127.0.0.1:9", userId: "@kin:home.test" }\n${more}\n`);
    return file;
  }

  /** Starts a program with Node as it is used for the tests; ends it when the folder is removed. */
  start(
    program: 'ops/main.ts' | 'ops/kinkeeper.ts',
    args: string[],
    options: { input?: string; env?: Record<string, string> } = {},
  ) {
    const child = execa(process.execPath, [join(REPO, program), ...args], {
      ...options,
      reject: false,
      cwd: this.path,
      stripFinalNewline: false,
    });
    this.#running.push(child);
    return child;
  }

  async remove(): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.allSettled(this.#running);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A program under test. */
export type TestProcess = ReturnType<TestFolder['start']>;

/** Resolves when the log of a process says `message`; rejects when it ends before. */
export async function logSays(child: TestProcess, message: string): Promise<void> {
  let seen = '';
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    if (seen.includes(message)) {
      child.stderr.resume();
      return;
    }
  }
  throw new Error(`ended without saying "${message}":\n${seen}`);
}
