import type { Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { type Command, defineCommand, type Place } from './command-spec.ts';
import { findCommand, namesOf } from './find-command.ts';
import { JOB, jobNames } from './job-named.ts';
import { mayRun } from './may-run.ts';
import { usageLine } from './usage-line.ts';

/** `!help [command]`: what the caller may do at this place, made from the specs. */
export const help = defineCommand({
  name: 'help',
  typed: { en: 'help', de: 'hilfe' },
  aliases: ['commands', 'befehle'],
  where: 'anywhere',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'command', type: 'text', label: 'command', optional: true }],
  examples: ['', { en: 'forget', de: 'vergiss' }],
  needs: ['commands'],
  execute: ({ caller, place, commands }, values) => {
    const open = commands.filter((command) => mayRun(command, { caller, place }) === 'yes');
    const { language } = caller;
    if (values.command === undefined) return overview(open, language, place);
    const [name = '', ...rest] = values.command.replace(/^[!/]+/, '').split(/\s+/);
    const found = findCommand(open, name, rest.join(' '));
    if (found === undefined) throw new AppError('not-found', 'there is no such command', { reason: 'no-such-command' });
    return details(found.command, language, open);
  },
});

function overview(commands: readonly Command[], language: Language, place: Place): string {
  return [
    say(language, `help.${place}`),
    '',
    ...commands.map((command) => line(command, language)),
    '',
    say(language, 'help.more', { usage: usageLine(help, language) }),
  ].join('\n');
}

function line(command: Command, language: Language): string {
  return say(language, 'help.line', {
    usage: usageLine(command, language),
    summary: new Markdown(say(language, `summary.${command.name}`)),
  });
}

function details(command: Command, language: Language, open: readonly Command[]): string {
  const own = command.typed[language];
  const others = namesOf(command).filter((name) => name !== own);
  const lines = [
    line(command, language),
    say(language, 'help.examples', { examples: exampleLines(command, language).map(code) }),
  ];
  if (others.length > 0) lines.push(say(language, 'help.also', { names: others.map((name) => code(`!${name}`)) }));
  if (command.arguments.includes(JOB)) lines.push(say(language, 'help.jobs', { jobNames: jobNames() }));
  const below = open.filter(({ name }) => name.startsWith(`${command.name} `));
  if ([command, ...below].some(({ arguments: taken }) => taken.some(({ label }) => label === 'api-key-terms')))
    lines.push(say(language, 'help.api-key-terms'));
  if (below.length > 0) lines.push('', say(language, 'help.below'), ...below.map((one) => line(one, language)));
  return lines.join('\n');
}

/** The examples of a command as whole lines, in the words of a language. */
export function exampleLines(command: Command, language: Language): string[] {
  return command.examples.map((example) =>
    `!${command.typed[language]} ${typeof example === 'string' ? example : example[language]}`.trim(),
  );
}
