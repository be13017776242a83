import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { KeyFacts } from '../facts/keys.ts';

const { count, duration, list, moment, number } = FORMATS.en;

/** English: keys and lockdown. */
export const keys: Entries<KeyFacts> = {
  'keys.list': (all) =>
    [
      `- **Master key** number ${number(all.generation)}, ${age(all.master)}`,
      `- **Passphrase** ${age(all.passphrase)}`,
      `- **Recovery code** ${age(all.recovery)}`,
      `- **Document keys** ${number(all.count)}${kinds(all.kinds)}${all.oldest < 0 ? '' : `: the oldest ${age(all.oldest)}, the newest ${age(all.newest)}`}${all.undated > 0 ? `; ${number(all.undated)} from before ages were noted` : ''}`,
      ...(all.waiting > 0 ? [`- **To be changed** ${number(all.waiting)}`] : []),
      '',
      'Passphrase, recovery code and master key are changed at the server’s shell only: `kinkeeper keys --help`.',
    ].join('\n'),
  'keys.rotate-ask': ({ keys: all, call }) =>
    `This makes ${count(all, 'new key', 'new keys')} for the documents of people and rooms and for what is lent, writes their files anew beside the running work, and destroys the old keys: copies of the old files open no more. Backups keep their own keys. If you want that: ${call}`,
  'keys.rotate-one': ({ given }) =>
    `Here I change all keys or none, so I did nothing with “${given}”. The key of one person is changed at the server’s shell: \`kinkeeper keys rotate @name:server\`.`,
  'keys.rotate-begun': ({ keys: all }) =>
    `I'm changing ${count(all, 'key', 'keys')} now. Everybody can go on; I say here when it is done.`,
  'keys.confirmed': ({ checked, takenBack, standing }) =>
    [
      checked
        ? '**Right: that is the end of the recovery code.** Keep the paper away from the server.'
        : 'The recovery code in my message counts no more: another one was made at the server’s shell, and checked there.',
      `I have taken back ${count(takenBack, 'message', 'messages')} with a secret.`,
      ...(standing > 0
        ? [`The server did not let me take back ${count(standing, 'message', 'messages')}; please remove what is left.`]
        : []),
    ].join(' '),
  'keys.confirm-none': () =>
    'There is nothing to confirm: no message of mine with a recovery code waits for it. A new code is made at the server’s shell: `kinkeeper keys recovery-code`.',
  'lockdown.begun': () =>
    [
      '**Locked.** The keys of everybody’s documents are leaving my memory now; I read and answer nothing. What people send is kept and handled later.',
      '',
      'Only `kinkeeper unlock` at the server’s shell lifts this, also after a restart.',
    ].join('\n'),
  'lockdown.ops': ({ since }) =>
    `**I am locked** (since ${moment(since)}), so I can’t look anything up. Your command is kept; I answer it after \`kinkeeper unlock\` at the server’s shell.`,
  'lockdown.over': () => '**Unlocked.** I read and answer again, and handle what came in meanwhile.',
  'lockdown.notice': () =>
    'I’m locked by an admin just now and can’t open your documents. Your message is kept; I handle it when I’m unlocked. You need not send it again.',
};

function age(milliseconds: number): string {
  return milliseconds < 0 ? 'from before ages were noted' : `${duration(wholeMinutes(milliseconds))} old`;
}

/** Said where there are other keys than people's own. */
function kinds({ person, room, shelf }: KeyFacts['keys.list']['kinds']): string {
  if (room + shelf === 0) return '';
  const parts = [
    count(person, 'person', 'people'),
    ...(room > 0 ? [count(room, 'family room', 'family rooms')] : []),
    ...(shelf > 0 ? [count(shelf, 'lent document', 'lent documents')] : []),
  ];
  return ` (${list(parts)})`;
}
