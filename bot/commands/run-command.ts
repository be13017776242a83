import { randomUUID } from 'node:crypto';
import type { AuditEntry } from '../../core/audit.ts';
import type { Caller } from '../../core/caller.ts';
import { errorCode } from '../../core/errors.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import type { Asked, Command, CommandAttachment, CommandPicture, Place } from './command-spec.ts';
import { files } from './files.ts';
import { findCommand } from './find-command.ts';
import { COMMANDS } from './index.ts';
import { loanMark } from './loan-mark.ts';
import { mayRun } from './may-run.ts';
import { type ArgumentProblem, MOST_NUMBERS, parseArguments } from './parse-arguments.ts';
import type { CommandServices } from './services.ts';
import { show as showPaper } from './show.ts';
import { suggestCommand } from './suggest-command.ts';
import { unshare } from './unshare.ts';
import { usageLine } from './usage-line.ts';

/** A command as routed: its name, and the text after it. */
export interface CommandCall {
  readonly name: string;
  readonly args: string;
  readonly place: Place;
  readonly caller: Caller;
  /** The message that asks; missing where there is none, and then each call asks anew. */
  readonly source?: string;
}

/** Writes the audit row of a command. */
export type NoteOutcome = (outcome: 'done' | 'refused') => void;

/** What the dispatcher sends back: Markdown, as a notice, which no bot answers. */
export interface CommandReply {
  readonly text: string;
  readonly kind: 'notice';
  /** A file that goes with it; the text is its caption then. */
  readonly attachment?: CommandAttachment;
  /** A picture that goes below the text. */
  readonly picture?: CommandPicture;
  /** Everything that is kept about the caller is to be sent; the text says that it begins. Whoever sends it notes how that ended. */
  readonly everything?: NoteOutcome;
}

/**
 * Runs one command: finds it, checks role and place, reads the arguments, writes the audit row. What is wrong with the
 * call itself is answered in words. Whatever the executor throws passes through, for the dispatcher to put into words.
 * Called by the dispatcher and by the console.
 */
export async function runCommand(call: CommandCall, services: CommandServices): Promise<CommandReply> {
  const { caller, place } = call;
  const { language } = caller;
  const asked: Asked = { caller, place };
  const found = findCommand(COMMANDS, call.name, call.args, place);
  if (found === undefined) {
    const near = suggestCommand(call.name, asked);
    const suggestion = near === undefined ? undefined : code(`!${near}`);
    return notice(say(language, 'command.unknown', { name: call.name, suggestion }));
  }
  const { command, rest } = found;
  const permission = mayRun(command, asked);
  if (permission !== 'yes') {
    record(command, services, { caller, target: '-', outcome: 'refused' });
    if (permission === 'admin-only') return notice(say(language, 'command.admin-only'));
    if (command.where === 'ops') return notice(say(language, 'command.elsewhere-ops'));
    return notice(say(language, place === 'family' ? 'command.elsewhere-family' : 'command.elsewhere-direct'));
  }
  const named = { known: services.people.list().map(({ id }) => id), server: services.server };
  const parsed = parseArguments(command.arguments, command.ignoresMore ? '' : rest, named);
  if (!parsed.ok) return notice(problemText(parsed.problem, command, caller));
  return execute(command, {
    services,
    asked: { ...asked, source: call.source ?? randomUUID() },
    values: parsed.values,
  });
}

interface Execution {
  readonly services: CommandServices;
  readonly asked: Parameters<Command['execute']>[1];
  readonly values: Readonly<Record<string, unknown>>;
}

async function execute(command: Command, { services, asked, values }: Execution): Promise<CommandReply> {
  const { caller } = asked;
  const target = command.audit?.(values, { caller, server: services.server }) ?? null;
  const note = (outcome: AuditEntry['outcome']) => record(command, services, { caller, target, outcome });
  try {
    const { answer, outcome } = await command.execute({ ...services, commands: COMMANDS }, asked, values);
    if (outcome === 'done' || outcome === 'refused') note(outcome);
    if (typeof answer === 'string') return notice(answer);
    return 'everything' in answer ? { ...notice(answer.text), everything: note } : { ...answer, kind: 'notice' };
  } catch (thrown) {
    note(['internal', 'unavailable'].includes(errorCode(thrown)) ? 'failed' : 'refused');
    throw thrown;
  }
}

function record(
  command: Command,
  services: CommandServices,
  row: { caller: Caller; target: string | null; outcome: AuditEntry['outcome'] },
): void {
  if (command.audit === null || row.target === null) return;
  const { audit, clock } = services;
  const action = `command.${command.name.replaceAll(' ', '-')}`;
  const target = knownOnly(row.target, services);
  audit.append({ at: clock(), actor: row.caller.person, action, target, outcome: row.outcome });
}

/** The trail names people of the house, also those who are leaving: what else was typed for a name may be anything. */
function knownOnly(target: string, { people, departures, bot }: CommandServices): string {
  const isKnown = (name: string) =>
    name === bot || people.find(name) !== undefined || departures?.openOf(name) !== undefined;
  return target.replace(/@\S+/g, (name) => (isKnown(name) ? name : 'unknown'));
}

function problemText(problem: ArgumentProblem, command: Command, { language }: Caller): string {
  const usage = usageLine(command, language);
  if (problem.kind === 'many') return say(language, 'usage.many', { most: MOST_NUMBERS, usage });
  if (problem.kind === 'loan') {
    const mark = loanMark(problem.number);
    const [show, end] = [showPaper, unshare].map(({ typed }) => code(`!${typed[language]} ${mark}`));
    return say(language, 'usage.loan', { mark, show: show!, end: end! });
  }
  if (problem.kind === 'missing') return say(language, 'usage.missing', { usage });
  if (problem.kind === 'numbers') {
    const name = command.typed[language];
    const facts = {
      given: problem.given,
      most: MOST_NUMBERS,
      several: code(`!${name} 3 5`),
      stretch: code(`!${name} 7-9`),
    };
    return say(language, 'usage.numbers', { ...facts, list: code(`!${files.typed[language]}`) });
  }
  return say(language, `usage.${problem.kind}`, { given: problem.given, usage });
}

function notice(text: string): CommandReply {
  return { text, kind: 'notice' };
}
