import { foldText } from '../core/ask/fold-text.ts';
import type { Caller } from '../core/caller.ts';
import type { DocumentInfo } from '../core/document.ts';
import type { TenantReader } from '../core/tenant.ts';
import { code } from '../core/wording/markdown.ts';
import { forget } from './commands/forget.ts';
import { type CommandCall, runCommand } from './commands/run-command.ts';
import type { CommandServices } from './commands/services.ts';
import type { PlainRequest } from './plain-request.ts';
import { say } from './wording/say.ts';

/**
 * Answers what somebody asked of the bot itself in plain words. Nothing is ever changed here: who wants to delete is told
 * the command for it. Used by the dispatcher and by the console; throws what the commands throw.
 */
export async function answerPlainRequest(
  request: PlainRequest,
  asked: Pick<CommandCall, 'caller' | 'place'>,
  services: CommandServices,
): Promise<string> {
  const { language } = asked.caller;
  switch (request.what) {
    case 'help':
    case 'files':
      return (await runCommand({ ...asked, name: request.what, args: '' }, services)).text;
    case 'forget':
      return howToForget(request, asked.caller, services);
    case 'yes':
    case 'hint':
    case 'emoji':
      return say(language, `request.${request.what}`);
  }
}

/** Tells the command that deletes what was named: by its numbers, or the file by its name. */
function howToForget(
  { numbers, name }: Extract<PlainRequest, { what: 'forget' }>,
  caller: Caller,
  { vault }: CommandServices,
): string {
  const { language } = caller;
  const command = (typed: string) => code(`!${forget.typed[language]} ${typed}`);
  if (name !== undefined) {
    const found = vault.read(caller, (reader) => documentsCalled(name, reader));
    if (found.length === 0) return say(language, 'request.forget-unknown');
    const called = found.map((one) => ({ name: one.name, command: command(String(one.number)) }));
    return say(language, 'request.forget-file', { called });
  }
  const typed = (numbers.match(/\d+(?:\s*[-–]\s*#?\d+)?/g) ?? []).join(' ').replace(/\s*[-–]\s*#?/g, '-');
  return typed === ''
    ? say(language, 'request.forget-which')
    : say(language, 'request.forget', { command: command(typed) });
}

/** More would be a list, and that is `!files`. */
const MOST_CALLED = 5;

/** The documents of that very name, earlier versions too, in order; where there is none those whose name holds it. */
function documentsCalled(name: string, reader: Pick<TenantReader, 'documents' | 'replacedDocuments'>): DocumentInfo[] {
  const all = [...reader.documents(), ...reader.replacedDocuments()].sort((a, b) => a.number - b.number);
  const exact = all.filter((one) => foldText(one.name) === name);
  const found = exact.length > 0 ? exact : all.filter((one) => foldText(one.name).includes(name));
  return found.slice(0, MOST_CALLED);
}
