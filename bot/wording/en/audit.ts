import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import { type AuditFacts, type AuditTarget, countedUses } from '../facts/audit.ts';

const { count, list, moment, number, shortMoment } = FORMATS.en;

const OUTCOMES = { done: '', refused: ' – **refused**, so it was not done', failed: ' – **failed**' } as const;

/** English: the audit trail in words. */
export const audit: Entries<AuditFacts> = {
  'audit.none': () => 'Nothing is noted about you yet: no document forgotten, nothing else that leaves a row.',
  'audit.head': ({ shown }) =>
    shown === 1 ? '**What is noted about you**' : `**The latest ${number(shown)} things noted about you**`,
  'audit.line': ({ at, who, act, outcome }) => `- ${moment(at)}: ${who} ${act}${OUTCOMES[outcome]}`,
  'audit.you': () => 'you',
  'audit.you-object': () => 'you',
  'audit.shell': () => 'somebody at the server’s shell',
  'audit.myself': () => 'I myself',
  'audit.act': ({ action }) => `did “${action}”`,
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
  'act.people.seeded': ({ person }) => `let ${person} in by the settings file`,
  'act.identity.confirmed': () => 'confirmed a changed identity at the shell',
  'act.settings.changed': () => 'started with other settings',
  'act.audit.checkpoint': () => 'removed old rows of the audit trail',
  'act.checklist.key-trusted': () => 'the key that signs what the host says was believed anew, at the shell',
  'act.audit.exported': () => 'the audit trail was exported at the shell',
  'act.console.started': () => 'opened the console for trying out at the shell',
  'act.retention.applied': () => 'removed what was kept long enough',
  'act.outside.closed': () => 'closed access from outside',
  'act.outside.opened': () => 'opened access from outside again',
  'act.evidence.made': () => 'kept evidence',
  'act.incident.reported': () => 'wrote the report of an incident',
  'act.incident.rehearsed': () => 'rehearsed an incident',
  'act.password.changed': () => 'had my own password changed',
  'act.api-keys.ended': () => 'ended all API keys',
  'act.ssh-keys.changed': () => 'changed the host keys of SSH',
  'act.wireguard.changed': () => 'changed the keys of WireGuard',
  'act.api.used': ({ numbers, word, span }) =>
    `used API key ${numbers.join(', ')}: ${list(usesOf(word))}${span === undefined ? '' : when(span)}`,
  'act.account.reset': () => 'gave an account a new password',
  'act.setup.guest-added': () => 'let the guest of set-up in, to try everything out',
  'act.setup.guest-erased': () => 'had the guest of set-up erased',
  'act.data.imported': () => 'took in what an export holds',
  'act.data.restored': () => 'brought papers back from a backup',
  'act.backup.restored': () => 'restored everything from a backup',
  'act.keys.rotate': () => 'asked for a new key',
  'did.forget': ({ numbers }) => `forgot ${documents(numbers)}`,
  'did.forget all': () => 'gave the command to forget all documents',
  'did.forget chat': () => 'forgot the talk',
  'did.feedback clear': () => 'forgot the marked answers',
  'did.export': ({ numbers }) => (numbers.length === 0 ? 'had everything exported' : `had ${documents(numbers)} sent`),
  'did.retention': ({ word }) => `changed how long ${CLASSES[word] ?? 'something'} is kept`,
  'did.share': ({ numbers, person }) => `lent ${documents(numbers)} to ${person}`,
  'did.shares end': ({ mark }) => `ended the loan ${mark}`,
  'did.unshare': ({ numbers, mark }) => (mark === '' ? `took ${documents(numbers)} back` : `ended the loan ${mark}`),
  'did.delete-me': () => 'gave the command to be erased',
  'did.delete-me stop': () => 'took that back',
  'did.people add': ({ person, word }) => `let ${person} in${word === 'admin' ? ' as an admin' : ''}`,
  'did.people confirm': ({ person }) => `confirmed the new identity of ${person}`,
  'did.people reset': ({ person }) => `gave ${person} a new password for the homeserver`,
  'did.people close': ({ person }) => `closed the account ${person} on the homeserver`,
  'did.people remove': ({ person }) => `took ${person} out of the household`,
  'did.people erase': ({ person }) => `gave the command to erase ${person}`,
  'did.keys confirm': () => 'confirmed the recovery code',
  'did.keys rotate': () => 'asked for new keys',
  'did.run': ({ word }) => `asked for a run of the job “${word}”`,
  'did.update': ({ word }) =>
    word === 'dry' ? 'asked whether there is a newer version of me' : 'asked for an update of me',
  'did.cancel': ({ word }) => `cancelled the job “${word}”`,
  'did.alerts ack': ({ word }) => `took note of the alert ${word}`,
  'did.alerts snooze': ({ word }) => `put off the alert ${word}`,
  'did.lockdown': () => 'locked me',
  'did.rotate': ({ word }) => `went on with the guide of what to change${word === '' ? '' : `: ${word}`}`,
  'did.incident report': () => 'asked for the report of an incident',
  'did.incident rehearse': () => 'rehearsed an incident',
  'did.evidence': () => 'asked for evidence',
  'did.apikey new': () => 'made an API key',
  'did.apikey revoke': ({ numbers }) => `ended API key ${numbers.join(', ')}`,
};

const USES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  upload: ['paper sent', 'papers sent'],
  read: ['look at the list', 'looks at the list'],
  ask: ['question', 'questions'],
  export: ['export', 'exports'],
  delete: ['paper to forget', 'papers to forget'],
};

function usesOf(word: string): string[] {
  return countedUses(word).map(({ act, times }) => count(times, ...(USES[act] ?? ([act, act] as const))));
}

function when({ from, to }: NonNullable<AuditTarget['span']>): string {
  return from === to ? ` (${shortMoment(from)})` : ` (first ${shortMoment(from)}, last ${shortMoment(to)})`;
}

const CLASSES: Readonly<Record<string, string>> = {
  chat: 'our talk',
  documents: 'what is in your documents',
  badAnswers: 'a marked answer',
};

function documents(numbers: readonly string[]): string {
  if (numbers.length === 0) return 'a document';
  return `${numbers.length === 1 ? 'document' : 'documents'} ${list(numbers)}`;
}
