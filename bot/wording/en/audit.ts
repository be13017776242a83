import type { AuditFacts } from '../facts/audit.ts';
import type { Entries } from '../facts/shape.ts';
import { FORMATS } from '../format.ts';

const { count, list, moment, number } = FORMATS.en;

const OUTCOMES = { done: '', refused: ' – **refused**', failed: ' – **failed**' } as const;

/** English: the audit trail in words. */
export const audit: Entries<AuditFacts> = {
  'audit.none': () => 'Nothing is noted about you yet: no document forgotten, nothing else that leaves a row.',
  'audit.head': ({ shown }) =>
    shown === 1 ? '**What is noted about you**' : `**The latest ${number(shown)} things noted about you**`,
  'audit.line': ({ at, who, act, what, outcome }) =>
    `- ${moment(at)}: ${who} – ${act}${what === undefined ? '' : `, ${what}`}${OUTCOMES[outcome]}`,
  'audit.you': () => 'you',
  'audit.myself': () => 'I myself',
  'audit.documents': ({ numbers }) => `${numbers.length === 1 ? 'document' : 'documents'} ${list(numbers)}`,
  'audit.act': ({ action }) => `“${action}”`,
  'audit.foot': () =>
    'Only acts and numbers stand there, never names of files or anyone’s words. Nobody can change a row unnoticed: each one seals those before it.',
  'audit.whole': ({ rows, first, hash }) =>
    [
      rows === 0
        ? 'The audit trail is whole: nothing was noted yet.'
        : `The audit trail is whole: ${count(rows, 'row', 'rows')}${first > 1 ? `, kept from row ${number(first)} on (older ones were removed, with a checkpoint)` : ''}.`,
      `Seal of the last row: \`${hash}\``,
    ].join('\n'),
  'audit.broken': ({ row }) =>
    [
      `**The audit trail does not fit at row ${number(row)}.** That row was changed, removed or put in from outside of Kinkeeper; those before it are sound.`,
      'Find out who had access to the server, and compare with the seals reported in this room and in the manifests of your backups: `kinkeeper audit verify --anchor <file>`.',
    ].join('\n'),
  'act.bot.started': () => 'started, and opened the store',
  'act.bot.started-sealed': () => 'was started sealed, and unlocked at the shell',
  'act.keys.unlock': () => 'unlocking at the shell of the server',
  'act.people.seeded': () => 'let somebody in by the settings file',
  'act.identity.confirmed': () => 'confirmed a changed identity at the shell',
  'act.settings.changed': () => 'started with other settings',
  'act.audit.checkpoint': () => 'removed old rows of the audit trail',
  'act.audit.exported': () => 'the audit trail was exported at the shell',
  'act.retention.applied': () => 'removed what was kept long enough',
};
