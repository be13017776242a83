import type { AuditEntry } from '../../core/audit.ts';
import type { Caller } from '../../core/caller.ts';
import { AUDIT_ACTS, AUDITED, type AuditTarget } from '../wording/facts/audit.ts';
import { code, Markdown } from '../wording/markdown.ts';
import { quote } from '../wording/quote.ts';
import { say } from '../wording/say.ts';
import { type Command, defineCommand } from './command-spec.ts';
import { loanMark } from './loan-mark.ts';

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
  const act = actOf(entry, caller, commands);
  return say(caller.language, 'audit.line', { at, outcome, who: nameOf(entry.actor, caller), act });
}

function nameOf(id: string, { person, language }: Caller): Markdown {
  if (id === person) return new Markdown(say(language, 'audit.you'));
  if (id === 'system') return new Markdown(say(language, 'audit.myself'));
  return new Markdown(id === 'shell' ? say(language, 'audit.shell') : quote(id));
}

/** What was done, in words; a command that has none as people type it, any other act by its name. */
function actOf({ action, target }: AuditEntry, caller: Caller, commands: readonly Command[]): Markdown {
  const { language } = caller;
  const about = targetOf(target, caller);
  const command = commands.find(({ name }) => action === `command.${name.replaceAll(' ', '-')}`);
  const did = AUDITED.find((name) => name === command?.name);
  if (did !== undefined) return new Markdown(say(language, `did.${did}`, about));
  if (command !== undefined) return code(`!${command.typed[language]}`);
  const known = AUDIT_ACTS.find((act) => act === action);
  return new Markdown(
    known === undefined ? say(language, 'audit.act', { action }) : say(language, `act.${known}`, about),
  );
}

/** Reads the targets that commands write: `<tenant>/3,5`, `<tenant>/3 @ben:home.test`, `<tenant>/share 2`, `<tenant> chat`, `@ben:home.test admin`. */
function targetOf(target: string, { tenant, person, language }: Caller): AuditTarget {
  const own = target.startsWith(tenant) ? target.slice(tenant.length).replace(/^[/ ]/, '') : target;
  const [first = '', second = ''] = own.split(' ');
  const named = [first, second].find((word) => word.startsWith('@')) ?? '';
  const isOwn = named === person || (named === '' && own === '');
  return {
    numbers: /^\d+(?:,\d+)*$/.test(first) ? first.split(',') : [],
    mark: first === 'share' && /^\d+$/.test(second) ? loanMark(Number(second)) : '',
    person: new Markdown(isOwn ? say(language, 'audit.you-object') : quote(named)),
    word: second === '' ? first : second,
  };
}
