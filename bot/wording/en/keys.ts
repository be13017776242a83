import type { KeyFacts } from '../facts/keys.ts';
import type { Entries } from '../facts/shape.ts';
import { FORMATS } from '../format.ts';

const { count, duration, number } = FORMATS.en;

/** English: keys and lockdown. */
export const keys: Entries<KeyFacts> = {
  'keys.list': (list) =>
    [
      `- **Master key** number ${number(list.generation)}, ${age(list.master)}`,
      `- **Passphrase** ${age(list.passphrase)}`,
      `- **Recovery code** ${age(list.recovery)}`,
      `- **People’s own keys** ${number(list.count)}${list.oldest < 0 ? '' : `: the oldest ${age(list.oldest)}, the newest ${age(list.newest)}`}${list.undated > 0 ? `; ${number(list.undated)} from before ages were noted` : ''}`,
      ...(list.waiting > 0 ? [`- **To be changed** ${number(list.waiting)}`] : []),
      '',
      'Passphrase, recovery code and master key are changed at the server’s shell only: `kinkeeper keys --help`.',
    ].join('\n'),
  'keys.rotate-ask': ({ keys: all, call }) =>
    `This makes ${count(all, 'new key', 'new keys')} for people’s documents, writes their files anew beside the running work, and destroys the old keys: copies of the old files open no more. Backups keep their own keys. If you want that: ${call}`,
  'keys.rotate-begun': ({ keys: all }) =>
    `I'm changing ${count(all, 'key', 'keys')} now. Everybody can go on; I say here when it is done.`,
  'lockdown.begun': () =>
    [
      '**Locked.** The keys of everybody’s documents are leaving my memory now; I read and answer nothing. What people send is kept and handled later.',
      '',
      'Only `kinkeeper unlock` at the server’s shell lifts this, also after a restart.',
    ].join('\n'),
  'lockdown.notice': () =>
    'I’m locked by an admin just now and can’t open your documents. Your message is kept; I handle it when I’m unlocked. You need not send it again.',
};

function age(milliseconds: number): string {
  return milliseconds < 0 ? 'from before ages were noted' : `${duration(milliseconds)} old`;
}
