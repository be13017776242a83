import type { Command } from './command-spec.ts';
import { firstWord } from './parse-arguments.ts';

/** Every way to type a command, in lower case. */
export function namesOf(command: Command): string[] {
  return [...new Set([command.name, ...Object.values(command.typed), ...command.aliases])];
}

/**
 * The command that a name and the text after it mean. A subcommand ("people add") wins over its first word alone; names
 * are compared whole and without case. `rest` is what is left for the arguments. undefined when there is none.
 */
export function findCommand(
  commands: readonly Command[],
  name: string,
  text: string,
): { readonly command: Command; readonly rest: string } | undefined {
  const [word, rest] = firstWord(text);
  const first = name.toLowerCase();
  const both = `${first} ${word.toLowerCase()}`;
  const sub = word === '' ? undefined : commands.find((command) => namesOf(command).includes(both));
  if (sub !== undefined) return { command: sub, rest };
  const command = commands.find((candidate) => namesOf(candidate).includes(first));
  return command === undefined ? undefined : { command, rest: text.trim() };
}
