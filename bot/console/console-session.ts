import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { frameLanguage } from '../../core/ask/frame-language.ts';
import type { Caller } from '../../core/caller.ts';
import { errorCode } from '../../core/errors.ts';
import { isLocked } from '../../core/ingest/file-error.ts';
import type { Logger } from '../../core/log.ts';
import { reference } from '../../core/log.ts';
import { answerPlainRequest } from '../answer-plain-request.ts';
import { findCommand } from '../commands/find-command.ts';
import { COMMANDS } from '../commands/index.ts';
import { firstWord } from '../commands/parse-arguments.ts';
import { runCommand } from '../commands/run-command.ts';
import type { CommandServices } from '../commands/services.ts';
import type { ExportParts } from '../export/make-export.ts';
import { type Route, route } from '../route.ts';
import { say, sayError } from '../wording/say.ts';
import { type AddParts, addFile } from './add-file.ts';
import { saveExport } from './save-export.ts';
import type { Screen } from './screen.ts';
import { splitPaths } from './split-paths.ts';

/** Asks a question for a caller and returns the words to show. */
export type ConsoleAsk = (
  caller: Caller,
  question: { text: string; room: string; event: string },
  signal: AbortSignal,
) => Promise<string>;

/** What a console session works with. */
export interface ConsoleParts {
  /** The person at the terminal, as known now: language and role may change while the console runs. */
  readonly caller: () => Caller;
  readonly files: AddParts;
  readonly ask: ConsoleAsk;
  readonly services: CommandServices;
  readonly exporting: ExportParts;
  readonly screen: Screen;
  readonly log: Logger;
}

const ROOM = 'console';
const QUIT = new Set(['quit', 'exit', 'ende']);

/** One person at a terminal: takes lines, and shows what comes of each. Errors become words here. */
export class ConsoleSession {
  readonly #parts: ConsoleParts;
  #failures = 0;
  /** The path of the last file that asked for a password. */
  #locked: string | undefined;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** How many lines ended in an error; decides the exit code of a run without a terminal. */
  get failures(): number {
    return this.#failures;
  }

  /** Handles one line. Returns false when it asked to end. Never throws, except when `signal` aborts. */
  async handle(line: string, signal: AbortSignal): Promise<boolean> {
    const text = line.trim();
    const caller = this.#parts.caller();
    const [word, rest] = firstWord(text);
    if (QUIT.has(text.toLowerCase())) return false;
    if (word.toLowerCase() === 'add') await this.#add(caller, rest, signal);
    else await this.#guard(caller, signal, () => this.#follow(caller, routeOf(text, caller), signal));
    return true;
  }

  async #follow(caller: Caller, decision: Route, signal: AbortSignal): Promise<void> {
    const { screen, ask } = this.#parts;
    if (decision.kind === 'question') {
      screen.progress(say(frameLanguage(decision.text, caller.language), 'answer.thinking'));
      const event = `console:${randomUUID()}`;
      screen.say(await ask(caller, { text: decision.text, room: ROOM, event }, signal));
    } else if (decision.kind === 'plain-request') {
      const asked = { caller, place: 'direct' } as const;
      const text = await answerPlainRequest(decision.request, asked, this.#parts.services);
      screen.say(decision.request.what === 'help' ? withOwnLines(text, caller) : text);
    } else if (isPassword(decision) && this.#locked !== undefined) {
      await this.#addOne(caller, this.#locked, { signal, password: decision.args });
    } else if (decision.kind === 'command' || decision.kind === 'unknown-command') {
      const call = { name: decision.name, args: decision.kind === 'command' ? decision.args : '' };
      await this.#command(caller, call, signal);
    }
  }

  /** The console is a person's chat and, for admins, the ops room as well. */
  async #command(caller: Caller, { name, args }: { name: string; args: string }, signal: AbortSignal): Promise<void> {
    const { screen, services } = this.#parts;
    const place = findCommand(COMMANDS, name, args)?.command.where === 'ops' ? 'ops' : 'direct';
    const reply = await runCommand({ name, args, place, caller }, services);
    if (reply.everything) {
      screen.progress(reply.text);
      screen.say(await saveExport(this.#parts.exporting, caller, { signal, clock: services.clock }));
      reply.everything('done');
      return;
    }
    const isHelp = args === '' && findCommand(COMMANDS, name, args)?.command.name === 'help';
    screen.say(isHelp ? withOwnLines(reply.text, caller) : reply.text);
    if (reply.picture) screen.say(reply.picture.words);
    if (reply.attachment) screen.say(escaped(new TextDecoder().decode(reply.attachment.bytes)));
  }

  async #add(caller: Caller, text: string, signal: AbortSignal): Promise<void> {
    const { screen } = this.#parts;
    const paths = splitPaths(text);
    if (paths.length === 0) screen.say(say(caller.language, 'console.add-what'));
    for (const path of paths) await this.#guard(caller, signal, () => this.#addOne(caller, path, { signal }));
  }

  async #addOne(
    caller: Caller,
    path: string,
    options: { readonly signal: AbortSignal; readonly password?: string },
  ): Promise<void> {
    const { files, screen } = this.#parts;
    const onProgress = (markdown: string) => screen.progress(markdown);
    try {
      screen.say(await addFile(files, caller, path, { ...options, onProgress }));
      this.#locked = undefined;
    } catch (thrown) {
      const needsPassword = isLocked(thrown);
      if (!needsPassword && !isMissing(thrown)) throw thrown;
      this.#failures += 1;
      const name = basename(path);
      if (!needsPassword) screen.say(say(caller.language, 'console.no-such-file', { name }));
      else
        screen.say(
          say(caller.language, options.password === undefined ? 'console.locked' : 'console.wrong-password', { name }),
        );
      if (needsPassword) this.#locked = path;
    }
  }

  async #guard(caller: Caller, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      signal.throwIfAborted();
      const id = reference();
      this.#failures += 1;
      // What has words of its own is told to the person; only what nobody expected is for the log.
      if (errorCode(thrown) === 'internal')
        this.#parts.log.error({ err: thrown, reference: id }, 'a line of the console failed');
      this.#parts.screen.say(sayError(caller.language, thrown, id));
    }
  }
}

/** Help, with what only the console understands. */
function withOwnLines(help: string, { language }: Caller): string {
  return `${help}\n\n${say(language, 'console.help')}`;
}

function isPassword(decision: Route): decision is Extract<Route, { kind: 'command' }> {
  return decision.kind === 'command' && findCommand(COMMANDS, decision.name, '')?.command.name === 'password';
}

/** What a line is, by the same rules as a message in an encrypted direct chat. */
function routeOf(text: string, caller: Caller): Route {
  return route({
    room: { kind: 'direct', encrypted: true },
    sender: caller.role === 'admin' ? 'admin' : 'member',
    wasEncrypted: true,
    shield: 'ok',
    old: false,
    addressed: true,
    type: 'm.room.message',
    message: { msgtype: 'm.text', text, target: null },
  });
}

/** Document text as Markdown that shows just that text. */
function escaped(text: string): string {
  return text.replace(/[\\`*]/g, '\\$&').trimEnd();
}

function isMissing(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES'].includes(String((thrown as { code?: unknown } | null)?.code));
}
