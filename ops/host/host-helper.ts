import { randomBytes } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { hostFacts } from './facts-shape.ts';
import type { HostFacts } from './host-facts.ts';

/** How often the answer is looked for. */
const LOOK_MS = 250;

/** Longest answer that is read; the helper's are a few lines. */
const ANSWER_BYTES = 64 * 1024;

/** The closed list of what the helper does, with the values that each takes (ops/host/helper/kinkeeper-host). */
export type HostRequest =
  | {
      readonly verb:
        | 'facts'
        | 'posture'
        | 'check-updates'
        | 'check-outside'
        | 'close-outside'
        | 'open-outside'
        | 'evidence';
    }
  | { readonly verb: 'rotate-ssh-host-keys' | 'rotate-wireguard' }
  | { readonly verb: 'apply-host-updates'; readonly kind: 'security' | 'all' }
  | { readonly verb: 'apply-release'; readonly version: string }
  | { readonly verb: 'confirm-release' | 'return-release'; readonly update: string }
  | { readonly verb: 'restart-service'; readonly name: 'bot' | 'ops' | 'homeserver' };

/** What the helper said: `facts` are its lines of key=value. */
export interface HostAnswer {
  readonly outcome: 'ok' | 'failed' | 'refused';
  readonly facts: Readonly<Record<string, string>>;
}

/** How a request is waited for. `id`: letters and digits; random when left out. */
export interface AskOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly id?: string;
  /** Called with every line that the helper adds while it works. Returning true ends the wait (`answer` reads the rest later). */
  readonly onProgress?: (line: string) => boolean;
}

/**
 * The spool folder between ops and the host helper, which runs as root: requests are files written whole by rename, answers
 * are files that only the helper can write. Used by jobs. Made by `hostHelper`, which knows whether there is one.
 */
export class HostHelper {
  readonly spoolDir: string;
  /** Requests that were left and not taken back. */
  readonly #left = new Set<string>();

  constructor(spoolDir: string) {
    this.spoolDir = spoolDir;
  }

  /** A fresh id for a request. */
  static newId(): string {
    return randomBytes(12).toString('hex');
  }

  /**
   * Asks and waits. undefined when `onProgress` ended the wait. Throws AppError `unavailable`: `host-helper-silent` when no answer
   * comes in time (the request is taken back where it still lies there), `host-helper` when the spool cannot be written.
   */
  async ask(request: HostRequest, options: AskOptions): Promise<HostAnswer | undefined> {
    const id = options.id ?? HostHelper.newId();
    const file = await this.#leave(id, request);
    this.#left.add(id);
    const deadline = performance.now() + options.timeoutMs;
    let heard = 0;
    try {
      for (;;) {
        for (const line of (await this.#lines(`${id}.progress`)).slice(heard)) {
          heard += 1;
          if (options.onProgress?.(line)) return undefined;
        }
        const answer = await this.answer(id);
        if (answer !== undefined) return answer;
        if (performance.now() > deadline) throw silent();
        await pause(LOOK_MS, undefined, { signal: options.signal });
      }
    } catch (thrown) {
      if (await takenBack(file)) this.#left.delete(id);
      throw thrown;
    }
  }

  /** Whether the helper has, or may have, taken a request of this process. */
  mayHaveTaken(id: string): boolean {
    return this.#left.has(id);
  }

  /** The answer to a request made earlier; undefined while there is none. */
  async answer(id: string): Promise<HostAnswer | undefined> {
    const [outcome, ...lines] = await this.#lines(`${id}.answer`);
    if (outcome !== 'ok' && outcome !== 'failed' && outcome !== 'refused') return undefined;
    const facts = lines.flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    });
    return { outcome, facts: Object.fromEntries(facts) };
  }

  /** What the helper last saw; undefined when it has not looked yet. Throws AppError `invalid` for a file that is no such facts. */
  async readFacts(): Promise<HostFacts | undefined> {
    const text = await readFile(join(this.spoolDir, 'facts.json'), 'utf8').catch(nothing);
    if (text === undefined) return undefined;
    const read = hostFacts.safeParse(parsed(text));
    if (read.success) return read.data;
    throw new AppError('invalid', 'the facts of the host cannot be read', {
      hint: 'Run the host helper again: systemctl start kinkeeper-host-facts.service',
    });
  }

  async #leave(id: string, request: HostRequest): Promise<string> {
    const { verb, ...values } = request;
    const lines = [verb, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)];
    const file = join(this.spoolDir, 'requests', `${id}.request`);
    const unfinished = join(this.spoolDir, 'requests', `.${id}`);
    try {
      await writeFile(unfinished, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 });
      await rename(unfinished, file);
    } catch (cause) {
      throw new AppError('unavailable', 'the spool folder of the host helper cannot be written', {
        reason: 'host-helper',
        hint: 'Check that host.spoolDir is the helper’s spool, and that its folder `requests` belongs to the account of ops.',
        cause,
      });
    }
    return file;
  }

  async #lines(name: string): Promise<string[]> {
    const text = await readFile(join(this.spoolDir, 'answers', name), 'utf8').catch(nothing);
    if (text === undefined) return [];
    // A last line that is still being written has no end yet.
    return text.slice(0, ANSWER_BYTES).split('\n').slice(0, -1);
  }
}

/** The helper of a household that set one up. Throws AppError `unavailable` (`no-host-helper`) where `host.spoolDir` is not set. */
export function hostHelper(spoolDir: string | undefined): HostHelper {
  if (spoolDir !== undefined) return new HostHelper(spoolDir);
  throw new AppError('unavailable', 'the host helper is not set up', {
    reason: 'no-host-helper',
    hint: 'Install it (sudo ops/host/install) and set host.spoolDir.',
  });
}

/** The helper of the settings; undefined where there is none. For the entry files of ops. */
export function helperOf({ host }: { readonly host: { readonly spoolDir?: string } }): HostHelper | undefined {
  return host.spoolDir === undefined ? undefined : new HostHelper(host.spoolDir);
}

/** What the helper last saw of the host; undefined without a helper, before its first look, or when its file cannot be read. */
export async function readHostFacts(spoolDir: string | undefined): Promise<HostFacts | undefined> {
  if (spoolDir === undefined) return undefined;
  return new HostHelper(spoolDir).readFacts().catch(() => undefined);
}

/** False when it lies there no more. */
async function takenBack(file: string): Promise<boolean> {
  return unlink(file).then(
    () => true,
    () => false,
  );
}

function silent(): AppError {
  return new AppError('unavailable', 'the host helper did not answer in time', {
    reason: 'host-helper-silent',
    hint: 'Look whether it runs: systemctl status kinkeeper-host.path kinkeeper-host.service',
  });
}

function nothing(): undefined {
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
