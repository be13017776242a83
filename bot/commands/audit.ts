import type { AuditEntry } from '../../core/audit.ts';
import type { Caller } from '../../core/caller.ts';
import { AUDIT_ACTS } from '../wording/facts/audit.ts';
import { code, Markdown } from '../wording/markdown.ts';
import { quote } from '../wording/quote.ts';
import { say } from '../wording/say.ts';
import { type Command, defineCommand } from './command-spec.ts';

/** As many rows as stay well under the size of a message. */
const SHOWN = 30;

/** `!audit`: what the trail holds about the caller: what they did, and what was done to them or theirs; newest first. */
export const audit = defineCommand({
  name: 'audit',
  typed: { en: 'audit', de: 'protokoll' },
  aliases: ['trail', 'spur'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['audit', 'commands'],
  execute: ({ caller, audit: trail, commands }) => {
    const { language } = caller;
    const entries = trail.concerning(caller, SHOWN);
    if (entries.length === 0) return say(language, 'audit.none');
    return [
      say(language, 'audit.head', { shown: entries.length }),
      '',
      ...entries.map((entry) => line(entry, caller, commands)),
      '',
      say(language, 'audit.foot'),
    ].join('\n');
  },
});

function line(entry: AuditEntry, caller: Caller, commands: readonly Command[]): string {
  const { at, outcome } = entry;
  const [act, what] = [actOf(entry.action, caller, commands), targetOf(entry.target, caller)];
  return say(caller.language, 'audit.line', { at, outcome, who: nameOf(entry.actor, caller), act, what });
}

function nameOf(id: string, { person, language }: Caller): Markdown {
  if (id === person) return new Markdown(say(language, 'audit.you'));
  if (id === 'system') return new Markdown(say(language, 'audit.myself'));
  return new Markdown(quote(id));
}

function actOf(action: string, { language }: Caller, commands: readonly Command[]): Markdown {
  const command = commands.find(({ name }) => action === `command.${name.replaceAll(' ', '-')}`);
  if (command !== undefined) return code(`!${command.typed[language]}`);
  const known = AUDIT_ACTS.find((act) => act === action);
  return new Markdown(known === undefined ? say(language, 'audit.act', { action }) : say(language, `act.${known}`));
}

/** Numbers of the caller's own documents, or whom it was done to; undefined where the target says no more than that it is theirs. */
function targetOf(target: string, caller: Caller): Markdown | undefined {
  const { language, tenant } = caller;
  const numbers = target.startsWith(`${tenant}/`) ? target.slice(tenant.length + 1).split(',') : [];
  if (numbers.length > 0 && numbers.every((number) => /^\d+$/.test(number))) {
    return new Markdown(say(language, 'audit.documents', { numbers }));
  }
  if (target === '-' || target.startsWith(tenant)) return undefined;
  return nameOf(target, caller);
}
