import type { Language } from '../../core/caller.ts';
import { code, type Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import type { Command } from './command-spec.ts';

/** How a command is given, as a code span in the words of a language: `!people add <@name:server> [admin]`. */
export function usageLine(command: Command, language: Language): Markdown {
  const places = command.arguments.map((spec) => {
    const label =
      spec.oneOf?.map((word) => (typeof word === 'string' ? word : word[language])).join('|') ??
      say(language, `label.${spec.label}`);
    return spec.optional ? `[${label}]` : `<${label}>`;
  });
  return code([`!${command.typed[language]}`, ...places].join(' '));
}
