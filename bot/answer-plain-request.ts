import { forget } from './commands/forget.ts';
import { type CommandCall, runCommand } from './commands/run-command.ts';
import type { CommandServices } from './commands/services.ts';
import type { PlainRequest } from './plain-request.ts';
import { code } from './wording/markdown.ts';
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
    case 'forget': {
      const numbers = request.numbers.match(/\d+(?:\s*[-–]\s*#?\d+)?/g) ?? [];
      const typed = `!${forget.typed[language]} ${numbers.join(' ').replace(/\s*[-–]\s*#?/g, '-')}`;
      return numbers.length === 0
        ? say(language, 'request.forget-which')
        : say(language, 'request.forget', { command: code(typed) });
    }
    case 'hint':
    case 'emoji':
      return say(language, `request.${request.what}`);
  }
}
