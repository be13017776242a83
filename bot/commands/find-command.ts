import type { Command, Place } from './command-spec.ts';
import { placesOf } from './may-run.ts';
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
 * are compared whole and without case. Where one name means two commands (`!cancel` ends jobs in the ops room, and questions
 * elsewhere), it is the one of `place`. `rest` is what is left for the arguments. undefined when there is none.
 */
export function findCommand(
  commands: readonly Command[],
  name: string,
  text: string,
  place?: Place,
): { readonly command: Command; readonly rest: string } | undefined {
  const [word, rest] = firstWord(text);
  // Some keyboards send an umlaut as a letter and its dots.
  const first = name.toLowerCase().normalize('NFC');
  const both = `${first} ${word.toLowerCase().normalize('NFC')}`;
  const called = (typed: string) => {
    const found = commands.filter((command) => namesOf(command).includes(typed));
    return found.find((command) => place !== undefined && placesOf(command).includes(place)) ?? found[0];
  };
  const sub = word === '' ? undefined : called(both);
  if (sub !== undefined) return { command: sub, rest };
  const command = called(first);
  return command === undefined ? undefined : { command, rest: text.trim() };
}
