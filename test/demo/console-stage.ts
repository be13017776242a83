import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Paper } from './documents/papers.ts';
import { type Actor, PEOPLE, type Stage } from './stage.ts';
import { seconds } from './terminal.ts';

const KINKEEPER = fileURLToPath(new URL('../../ops/kinkeeper.ts', import.meta.url));
/** Its answer ends each turn: nothing else tells where an answer of several paragraphs is over. */
const LAST_WORD = '!whoami';
/** A language model on a small machine takes minutes. */
const PATIENCE_MS = 300_000;

/** The afternoon in the console: the same product without Matrix, one person at a time. */
export class ConsoleStage implements Stage {
  readonly kind = 'console';
  readonly #dir = mkdtempSync(join(tmpdir(), 'kinkeeper-console-'));
  #modelsDecide = Object.keys(process.env).some((name) => /^KINKEEPER_(EMBEDDING|ANSWERING)_/.test(name));
  readonly #seen: Record<Actor, string[]> = { ada: [], ben: [], cora: [], otto: [] };
  readonly #numbers = new Map<string, string>();
  #console: OpenConsole | undefined;

  constructor() {
    writeFileSync(join(this.#dir, 'passphrase'), 'a passphrase of the demo', { mode: 0o600 });
    const people = [
      { id: address('ada'), role: 'admin' },
      { id: address('ben'), role: 'member' },
      { id: address('cora'), role: 'member', language: 'de' },
    ];
    const settings = {
      stateDir: './state',
      people,
      keys: { passphraseFile: './passphrase' },
      embedding: { kind: 'none' },
    };
    writeFileSync(this.#config(), stringify(settings), { mode: 0o600 });
    mkdirSync(join(this.#dir, 'papers'));
  }

  get modelsDecide(): boolean {
    return this.#modelsDecide;
  }

  placeOf(where: Actor | 'ops room'): string {
    return `console --as ${address(where === 'ops room' ? 'ada' : where)}`;
  }

  async findHandover(): Promise<string[]> {
    return [await this.meet('ada')];
  }

  /** Opens the person's console; the hello of each is shown. */
  async meet(actor: Actor): Promise<string> {
    await this.close();
    this.#console = new OpenConsole(['--config', this.#config(), '--as', address(actor)], actor);
    const hello = await this.#turn(actor, '');
    if (!/No language model|Kein Sprachmodell/.test(hello)) this.#modelsDecide = true;
    return hello;
  }

  ask(actor: Actor, question: string): Promise<string> {
    return this.#turn(actor, question);
  }

  async send(actor: Actor, paper: Paper, wish: RegExp): Promise<string> {
    const file = join(this.#dir, 'papers', paper.name);
    writeFileSync(file, paper.bytes);
    const text = this.#wished(wish, await this.#turn(actor, `add "${file}"`));
    this.#numbers.set(paper.name, / (?:document|Dokument) (\d+)/.exec(text)?.[1] ?? '');
    return text;
  }

  async takeBack(actor: Actor, paper: Paper, wish: RegExp): Promise<string> {
    return this.#wished(wish, await this.#turn(actor, `!forget ${this.#numbers.get(paper.name)}`));
  }

  /** Whom the settings don't name gets no console at all. */
  async knock(actor: Actor): Promise<{ stranger: string }> {
    await this.close();
    const refused = new OpenConsole(['--config', this.#config(), '--as', address(actor)], actor);
    const code = await refused.ended();
    if (code !== 2) throw new Error(`the console of a stranger ended with ${code} instead of 2`);
    return { stranger: refused.errors().trim() };
  }

  async command(text: string, wish: RegExp): Promise<string> {
    return this.#wished(wish, await this.#turn('ada', text));
  }

  seenBy(actor: Actor): string[] {
    return this.#seen[actor];
  }

  logTail(): string {
    return this.#console?.errors().split('\n').slice(-15).join('\n') ?? '';
  }

  /** Ends the open console. */
  async close(): Promise<void> {
    await this.#console?.end();
    this.#console = undefined;
  }

  #config(): string {
    return join(this.#dir, 'kinkeeper.yaml');
  }

  async #turn(actor: Actor, line: string): Promise<string> {
    if (this.#console?.actor !== actor) await this.meet(actor);
    const text = await this.#console!.turn(line);
    this.#seen[actor].push(text);
    return text;
  }

  #wished(wish: RegExp, text: string): string {
    if (!wish.test(text)) throw new Error(`expected ${wish} in: ${JSON.stringify(text.slice(0, 400))}`);
    return text;
  }
}

/** One console process, line by line. */
class OpenConsole {
  readonly actor: Actor;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  #output = '';
  #errors = '';

  constructor(args: readonly string[], actor: Actor) {
    this.actor = actor;
    this.#child = spawn(process.execPath, [KINKEEPER, 'console', ...args], { stdio: 'pipe' });
    this.#exit = once(this.#child, 'close');
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      this.#output += part;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      this.#errors += part;
    });
  }

  /** Types a line (none when empty) and returns what came until the answer to LAST_WORD, without that one. */
  async turn(line: string): Promise<string> {
    this.#output = '';
    this.#child.stdin?.write(`${line === '' ? '' : `${line}\n`}${LAST_WORD}\n`);
    const last = new RegExp(`(?:^|\\n)[^\\n]*${address(this.actor)},[^\\n]*\\n[^\\n]*\\n\\n$`);
    for (const deadline = Date.now() + PATIENCE_MS; !last.test(this.#output); ) {
      if (this.#child.exitCode !== null)
        throw new Error(`the console ended (${this.#child.exitCode}): ${this.#errors}`);
      if (Date.now() > deadline) throw new Error(`no answer in ${seconds(PATIENCE_MS)}; so far: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.#output.replace(last, '').trim();
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exit;
  }

  async ended(): Promise<number> {
    const [code] = await this.#exit;
    return Number(code);
  }

  /** What it wrote to stderr: progress, and its log. */
  errors(): string {
    return this.#errors;
  }
}

function address(actor: Actor): string {
  return `@${PEOPLE[actor].name.toLowerCase()}:home.test`;
}
