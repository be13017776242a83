import type { AuditEntry } from '../core/audit.ts';
import type { Caller } from '../core/caller.ts';
import { Markdown } from '../core/wording/markdown.ts';
import { quote } from '../core/wording/quote.ts';
import { loanMark } from './commands/loan-mark.ts';
import { AUDIT_ACTS, AUDITED, type AuditTarget } from './wording/facts/audit.ts';
import { say } from './wording/say.ts';

/** Whom a row is told to. */
type Reader = Pick<Caller, 'person' | 'tenant' | 'language'>;

/** A row of the audit trail as a line of a Markdown list, for the person whom it is about. For `!audit` and for exports. */
export function auditLine(entry: AuditEntry, reader: Reader): string {
  const { at, outcome } = entry;
  return say(reader.language, 'audit.line', {
    ...{ at, outcome },
    who: nameOf(entry.actor, reader),
    act: actOf(entry, reader),
  });
}

function nameOf(id: string, { person, language }: Reader): Markdown {
  if (id === person) return new Markdown(say(language, 'audit.you'));
  if (id === 'system') return new Markdown(say(language, 'audit.myself'));
  return new Markdown(id === 'shell' ? say(language, 'audit.shell') : quote(id));
}

/** What was done, in words; an act that has none by its name. */
function actOf(entry: AuditEntry, reader: Reader): Markdown {
  const { action } = entry;
  const { language } = reader;
  const about = targetOf(entry, reader);
  const did = AUDITED.find((name) => action === `command.${name.replaceAll(' ', '-')}`);
  if (did !== undefined) return new Markdown(say(language, `did.${did}`, about));
  const known = AUDIT_ACTS.find((act) => act === action);
  return new Markdown(
    known === undefined ? say(language, 'audit.act', { action }) : say(language, `act.${known}`, about),
  );
}

/**
 * Reads the targets that commands write: `<tenant>/3,5`, `<tenant>/3 @ben:home.test`, `<tenant>/share 2`, `<tenant> chat`, `@ben:home.test admin`,
 * `<tenant>/2 ask:3 2026-11-03T12:00:00.000Z/2026-11-03T12:40:00.000Z`. */
function targetOf({ at, target }: AuditEntry, { tenant, person, language }: Reader): AuditTarget {
  const own = target.startsWith(tenant) ? target.slice(tenant.length).replace(/^[/ ]/, '') : target;
  const [first = '', second = '', third = ''] = own.split(' ');
  const named = [first, second].find((word) => word.startsWith('@')) ?? '';
  const isOwn = named === person || (named === '' && own === '');
  return {
    numbers: /^\d+(?:,\d+)*$/.test(first) ? first.split(',') : [],
    mark: first === 'share' && /^\d+$/.test(second) ? loanMark(Number(second)) : '',
    person: new Markdown(isOwn ? say(language, 'audit.you-object') : quote(named)),
    word: second === '' ? first : second,
    span: spanOf(third, at),
  };
}

/** When what a row counts began and ended; undefined where it does not say, or was written in that very moment. */
function spanOf(text: string, at: number): AuditTarget['span'] {
  const [from = Number.NaN, to = Number.NaN] = text.split('/').map((time) => Date.parse(time));
  return Number.isNaN(from + to) || (from === at && to === at) ? undefined : { from, to };
}
