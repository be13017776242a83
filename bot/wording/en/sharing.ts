import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { SharingFacts } from '../facts/sharing.ts';
import { countParts, kindName } from './kinds.ts';

const { count, day, list } = FORMATS.en;

/** English: lent documents and family rooms. */
export const sharing: Entries<SharingFacts> = {
  'share.lent': ({ name, person, until, end, isTold }) =>
    [
      `**${name}** is lent to ${person}${untilDay(until)}. They can ask about it and read it, nothing more; your notes are not lent. ${end} takes it back at once.`,
      isTold ? '' : 'They have no direct chat with me yet, so I could not tell them; they find it with `!shares`.',
    ]
      .join('\n')
      .trim(),
  'share.received': ({ name, person, until, end }) =>
    `${person} lends you **${name}**${untilDay(until)}. You can ask me about it here; answers say that it is theirs. If you don't want it, ${end} gives it back.`,
  'share.none': () => 'Nothing is lent, by you or to you. `!share 3 with @name:server` lends document 3.',
  'share.head-lent': () => '**You lend:**',
  'share.head-received': () => '**Lent to you:**',
  'share.damaged': () => 'a document that is damaged here',
  'share.line-lent': ({ mark, name, document, person, until }) =>
    `- **${mark}** ${name} (document ${document}) to ${person}${untilDay(until)}`,
  'share.line-received': ({ mark, name, kind, pages, person, until }) =>
    `- **${mark}** ${name} (${kindName(kind)}${pages > 1 ? `, ${countParts(kind, pages)}` : ''}), from ${person}${untilDay(until)}`,
  'share.foot': ({ show, end }) => `${show} shows one, ${end} ends it, whoever lent it.`,
  'share.shown': ({ side, name, mark, person, until }) =>
    side === 'reader'
      ? `**${name}** is ${mark}, lent to you by ${person}${untilDay(until)}; you can read it and ask about it.`
      : `This is ${mark}, the copy of **${name}** that you lend to ${person}${untilDay(until)}.`,
  'share.whose': ({ mark, side, person }) => `${mark}, lent ${side === 'reader' ? 'to you by' : 'to'} ${person}`,
  'share.ended': ({ name, readers }) =>
    `Taken back: ${list(readers)} can no longer ask about **${name}**. The copy and its key are destroyed. What was said in chats before stays there.`,
  'share.taken-back': ({ name, person }) =>
    `**${name}**, which ${person} lent you, is no longer here for you: the loan is over, and the copy is destroyed.`,
  'share.ended-too': ({ readers }) =>
    `With it the loan to ${list(readers)} ended: the copy and its key are destroyed, and they have been told where I have a chat with them.`,
  'share.declined': ({ name, person }) => `Given back: **${name}** from ${person} is no longer here for you.`,
  'share.given-back': ({ name, person }) =>
    `${person} gave **${name}** back; it is no longer lent, and the copy is destroyed.`,
  'share.text': ({ name, person }) => `This is the text of **${name}**, which ${person} lends you.`,
  'share.not-lent': ({ number }) => `Document ${number} is not lent to anybody. \`!shares\` lists what is.`,
  'family.welcome': ({ joiner }) =>
    [
      joiner === ''
        ? '**Hello! This is a family room.** I read the files that are sent here, and everybody here can ask about them.'
        : `**${joiner} is here now, so this is a family room from now on.** Your own documents never appear here: I use only what is sent here from now on.`,
      'To ask me, mention me, reply to me, or end your question with “?”. To what only ends with “?” I say nothing when I find nothing, so as not to talk into your conversation. For your own papers, open a direct chat with just the two of us. `!help` shows what I understand here.',
    ].join('\n'),
  'family.stranger': ({ person }) =>
    `**${person} is here, whom I don't know,** so I read nothing and answer nothing in this room. I go on when they leave, or when an admin adds them.`,
  'family.again': () => 'Everybody here is known to me again, so I read and answer as before.',
  'family.alone': () =>
    'It is just the two of us now, but this stays a family room: I answer from what was sent here. For your own documents, open a direct chat with me.',
  'family.files-none': () => 'No document was sent into this room yet.',
  'family.files-head': ({ documents, passages }) =>
    `**${count(documents, 'document', 'documents')} in this room,** with ${count(passages, 'passage', 'passages')}:`,
  'family.empty': () => 'No document was sent into this room yet. Send one here, and everybody here can ask about it.',
  'help.family': () =>
    '**Send a file into this room, or ask me about those that are here** (mention me, reply to me, or end with “?”). Besides, I understand:',
  'command.elsewhere-family': () => 'That command does not work in a family room. Please use your direct chat with me.',
  'family.not-yours': ({ name }) =>
    `**${name}** was sent by somebody else; as long as they are in this room, only they can make me forget it here.`,
};

function untilDay(until: number | null): string {
  return until === null ? '' : `, until ${day(until - 1)}`;
}
