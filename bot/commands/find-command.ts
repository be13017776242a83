import type { Command } from './command-spec.ts';
import { firstWord } from './parse-arguments.ts';

/** Every way to type a command, in lower case; also for keyboards that have no umlauts. */
export function namesOf(command: Command): string[] {
  const names = [command.name, ...Object.values(command.typed), ...command.aliases];
  return [...new Set([...names, ...names.map(withoutUmlauts)])];
}

function withoutUmlauts(name: string): string {
  return name.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').replaceAll('ß', 'ss');
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
  // Some keyboards send an umlaut as a letter and its dots.
  const first = name.toLowerCase().normalize('NFC');
  const both = `${first} ${word.toLowerCase().normalize('NFC')}`;
  const sub = word === '' ? undefined : commands.find((command) => namesOf(command).includes(both));
  if (sub !== undefined) return { command: sub, rest };
  const command = commands.find((candidate) => namesOf(candidate).includes(first));
  return command === undefined ? undefined : { command, rest: text.trim() };
}
