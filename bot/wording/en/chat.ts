import { FORMATS, progressBar } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ChatFacts, RoomFacts } from '../facts/chat.ts';
import { countParts } from './kinds.ts';

const { count, day, list, moment, number } = FORMATS.en;
/** Parts that could not be read are named up to so many. */
const NAMED = 3;

/** English: a person's own chat. */
export const chat: Entries<ChatFacts> = {
  greeting: () =>
    [
      "**Hello! I read your papers, so that you don't have to search them.**",
      '',
      'Send me a file in this chat (PDF, a photo or scan, Word, Excel, PowerPoint, OpenDocument, RTF, e-book, web page, mail, calendar, contacts, CSV, text, or a ZIP of these), then ask me about it in your own words. I answer from your documents only, and name the file and the page.',
      '',
      '- **I keep** the text of your documents, their names and our last questions and answers, sealed under a key of your own on the family server. The file itself is forgotten once I have read it.',
      '- **I never** show them to anyone else, the admin included, unless you lend one yourself. Your questions find what is yours and what somebody lends you, nothing else.',
      '- **I can be wrong.** Please look at the page I name before you rely on it.',
      '',
      '`!help` shows what I understand, `!privacy` what I know about you. To start, attach a file.',
    ].join('\n'),

  reading: ({ name, done, total }) =>
    total > 1
      ? `Reading **${name}** … ${number(done)} of ${number(total)}\n${progressBar(done / total)}`
      : `Reading **${name}** …`,
  'reading.queued': ({ name }) => `I have **${name}** and read it as soon as its turn comes.`,
  kept: ({ name, kind, number: own, pages, passages, unreadable, damaged, depth }) =>
    [
      `I read **${name}**: ${pages > 1 ? `${countParts(kind, pages)}, ` : ''}${count(passages, 'passage', 'passages')}. The file itself is not kept.`,
      damaged ? 'The file is damaged: I read it as far as it goes. If something is missing, please send it again.' : '',
      unreadable.length > 0
        ? `I could not read ${countParts(kind, unreadable.length)} of it (${firstOf(unreadable)}), so I can't answer from there.`
        : '',
      depth === 'growing'
        ? 'You can ask right away. I will find things said in other words a little better in some minutes.'
        : '',
      `It is document ${own}; \`!forget ${own}\` removes it.`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
  'kept.replaced': ({ number: old, addedAt }) =>
    `It takes the place of document ${old} from ${day(addedAt)}, which has the same name and is no longer used for answers. To use both, send \`!keep ${old}\`.`,
  'kept.similar': ({ name, number: other }) =>
    `It looks like another version of **${name}** (document ${other}). I use both; \`!forget ${other}\` removes the other one.`,
  'kept.same-name': ({ number: other, addedAt }) =>
    `Document ${other} from ${moment(addedAt)} has the same name, but other dates, numbers or names stand in it. I use both; \`!forget ${other}\` removes the other one.`,
  'kept.note': () => 'I keep what you wrote with it as a note.',
  'kept.back': ({ number: other, addedAt }) =>
    `It was an earlier version; I use it again now, in place of document ${other} from ${day(addedAt)}. To use both, send \`!keep ${other}\`.`,
  'kept.deep': () => 'I know it by heart now: things said in other words are found as well.',
  'mail.from': () => 'From',
  'mail.to': () => 'To',
  'mail.date': () => 'Date',
  'note.label': () => 'your note',
  known: ({ name, number: own, addedAt }) =>
    `I know **${name}** already: it is document ${own}, kept since ${day(addedAt)}. Nothing was kept twice.`,
  'reading.scan': ({ name, pages, waits }) =>
    `**${name}** has ${count(pages, 'page that is a picture', 'pages that are pictures')}. I read them one by one, which takes a while${waits ? ', and it is not its turn yet' : ''}.`,
  'files.summary': ({ kept, known, failed }) =>
    [
      `**That was ${count(kept + known + failed.length, 'file', 'files')}:** ${number(kept)} kept${known > 0 ? `, ${number(known)} known already` : ''}${failed.length > 0 ? `, ${number(failed.length)} not kept` : ''}.`,
      ...(failed.length > 0 ? [`Not kept: ${named(failed)}. The reasons stand above.`] : []),
    ].join('\n'),
  forgotten: ({ name, number: own, passages, back }) =>
    [
      `Forgotten: **${name}** (document ${own}), with ${count(passages, 'passage', 'passages')}, what I found it by, and what I remembered of our talk.`,
      back > 0 ? backAgain(back) : 'Deleting the message that brought a file does the same.',
    ].join('\n'),
  'forgotten.several': ({ gone, passages, restored, unknown }) =>
    [
      `Forgotten: **${count(gone.length, 'document', 'documents')}**, with ${count(passages, 'passage', 'passages')}, what I found them by, and what I remembered of our talk:`,
      ...gone.map(({ name, number: own }) => `- **${own}** ${name}`),
      '',
      ...restored.map((own) => backAgain(own)),
      ...(unknown.length === 0
        ? []
        : [`I know no ${unknown.length === 1 ? 'document' : 'documents'} ${list(unknown.map(String))} of yours.`]),
    ]
      .join('\n')
      .trim(),
  'forgotten.by-redaction': ({ name, passages, back }) =>
    [
      `You deleted the message, so I forgot **${name}**, with ${count(passages, 'passage', 'passages')} and what I found it by.`,
      ...(back > 0 ? [backAgain(back)] : []),
    ].join('\n'),
  'forgotten.other-stands': ({ name, number: own }) =>
    `You deleted one message with **${name}**, but another one still stands, so I keep it (document ${own}). \`!forget ${own}\` removes it.`,
  'forgotten.note': () =>
    'The note that you wrote with the deleted one is forgotten, with what I remembered of our talk.',
  'password.ask': ({ name }) =>
    [
      `I could not keep **${name}** yet: the file is locked with a password. Reply to this message with the password, or send \`!password …\`, within half an hour.`,
      'I use it once to open the file and keep it nowhere.',
    ].join('\n'),
  'password.wrong': ({ name }) =>
    `That password does not open **${name}**. Please try again: reply to this message with the right one, or send \`!password …\`. You can delete your message with the wrong one.`,
  'password.opened': ({ name }) => `**${name}** was locked; with its password I could read it, and it is kept now.`,
  'password.used': () =>
    'I used the password once and have forgotten it. **Please delete your message with it**, so that it does not stay in the chat.',
  'password.missing': () => 'The password is missing. It goes like this: `!password …`',
  'password.unclear': () =>
    'A file waits for its password, so I am not sure what that was, and used it for nothing. If it is the password, send `!password …`; if it is a question, ask it in a sentence with “?”.',
  'password.nothing-waits': () =>
    'No file of yours waits for a password (I wait half an hour). Please send the file again, and delete your message if it held a password.',
  'forgotten.before-reading': () => 'You deleted the message, so I keep nothing of that file.',

  'question.queued': ({ isLong }) =>
    isLong ? 'I answer as soon as it is your turn; that may take some minutes.' : 'One moment: it is your turn soon.',
  'question.held': () => 'One moment: I am still reading your file; then I look at this.',
  'question.stopped': () => 'Stopped, as you asked.',
  'feedback.kept': ({ isRoom, list }) =>
    `Thank you, noted: I keep this question and answer as a bad example, sealed with ${isRoom ? 'the documents of this room, for as long as our talk is kept or' : 'your documents,'} until you take the reaction back. ${list} shows them.`,
  'feedback.unknown': () => 'I can only note answers to questions that I still remember, and that one I no longer do.',
  'answer.thinking': () => 'Looking through your documents …',
  'answer.sources': () => '**Where I read it**',
  'answer.source.page': ({ marks, name, owner, page }) => `${marks} ${lentBy(owner)}${name}, page ${page}`,
  'answer.source.part': ({ marks, name, owner, part }) => `${marks} ${lentBy(owner)}${name}, ${part}`,
  'answer.source.whole': ({ marks, name, owner }) => `${marks} ${lentBy(owner)}${name}`,
  'place.page-inside': ({ name, page }) => `${name} p. ${page}`,
  'place.itself': ({ isMail }) => (isMail ? 'the mail itself' : 'the text itself'),
  'answer.snippet': ({ source, snippet, note }) =>
    `**${source}**\n“${snippet}”${note === '' ? '' : `\nYour note with it: “${note}”`}`,
  'answer.passages': () => "**These places come closest.** I can't tell whether they answer your question.",
  'answer.weak': () =>
    "**I can't tell whether one of these answers it.** I found nothing that clearly fits; these places come closest.",
  'answer.no-match': () => 'I found nothing that fits. Try it in other words.',
  'answer.model-failed': () =>
    "**The language model did not answer just now,** so here are the places that come closest. I can't tell whether they answer your question.",
  'answer.unsupported': () =>
    "**I found no wording that your documents bear out,** so here are the places that come closest. I can't tell whether they answer your question.",
  'answer.beginning': () => "**This is how it begins.** I show it as it stands; I can't sum it up in words of my own.",
  'answer.left-out': ({ sentences }) =>
    `(I left out ${count(sentences, 'sentence', 'sentences')} of the model that your documents don't bear out.)`,
  'small-talk.greeting': () => 'Hello! Ask me about your documents, or send me a new one.',
  'small-talk.thanks': () => "You're welcome!",
  'small-talk.farewell': () => 'Goodbye! I am here whenever you need something from your papers.',
  'small-talk.how-are-you': () => 'Fine, thank you! Your papers are in good hands. What would you like to know?',
  'small-talk.praise': () => 'Glad to hear it!',
  'small-talk.acknowledgement': () => 'All right.',
  'small-talk.who-are-you': () =>
    'I am Kinkeeper, a program on your family’s server. I read the papers you send me and find what stands in them; `!help` shows what I understand.',
  'small-talk.date': ({ at }) => `By my clock it is ${moment(at)}. Beyond that I only know your documents.`,
  'request.forget': ({ command }) =>
    `So that nothing goes by mistake, I delete by command only: ${command} does it, for good.`,
  'request.forget-which': () =>
    'So that nothing goes by mistake, I delete by command and number only: `!files` shows the numbers, `!forget 3` removes document 3 for good.',
  'request.forget-file': ({ called }) =>
    `So that nothing goes by mistake, I delete by command only: ${called.map(({ name, command }) => `${command} removes ${name}`).join(', ')}, for good.`,
  'request.forget-unknown': () =>
    'I have no file of that name. `!files` shows what I keep, with numbers; `!forget 3` removes document 3 for good.',
  'request.hint': () => 'Ask me about your documents in your own words; `!help` shows what else I understand.',
  'request.yes': () =>
    'Nothing was done: a “yes” alone confirms nothing here. If I asked you to confirm, please send the whole line that I wrote there, with the `!`, the “yes” and its code where it has one.',
  'request.emoji': () => '🙂',
  'answer.nothing': () => "Your documents don't say.",
  'answer.nearest': () => 'These places come closest:',
  'answer.empty': () =>
    "I don't have any document of yours yet. Send me one and I'll read it; then you can ask me about it.",
  'answer.unread': ({ names }) =>
    `I was still reading ${named(names)} when I looked; ask again when ${names.length === 1 ? 'it is' : 'they are'} kept if it was about that.`,
  'answer.shortened': () => '(The rest would not fit into one message.)',
};

/** English: rooms, devices and keys. */
export const room: Entries<RoomFacts> = {
  'room.not-encrypted': () =>
    'This room is not encrypted, so I read nothing here. Please turn on encryption in the room settings (Security & privacy), or open a new direct chat with me.',
  'room.someone-joined': ({ person }) =>
    `**${person}** is here now, so I no longer use your documents in this room. For that, open a direct chat with just the two of us.`,
  'room.direct-again': () => 'It is just the two of us again, so I use your documents here.',
  'room.not-direct': () =>
    "Somebody is here whom I don't know, or whose account changed and was not confirmed by an admin, so I read no files and answer no questions in this room. Please open a direct chat with just the two of us.",
  'room.changed': () =>
    'Somebody came or left around the time of this message, so I left it alone. If it is meant for those who are here now, please send it again.',
  'sender.unsigned': () =>
    [
      "**I can't be sure that this message is from you:** the device that sent it is not verified by you, so I did not use the message.",
      '',
      'In Element, on that device:',
      '1. Open **Settings**, then **Sessions** (or **Devices**).',
      '2. Choose **Verify session**.',
      '3. Confirm with another device of yours, or with your recovery key.',
      '',
      'Then send the message again.',
    ].join('\n'),
  'sender.mismatch': () =>
    [
      '**Your account’s identity is not the one I know.** That happens when the account was reset, or when somebody else signed in with it. I did not use the message.',
      '',
      'If you reset it yourself, verify me again in Element: open my profile, then **Verify**. If you did not, change your password and tell your admin.',
    ].join('\n'),
  'sender.identity-changed': () =>
    [
      '**Your account shows another identity than the one I know.** That happens when you reset it, or when somebody else took your account over. I did not open your message, and I send nothing of yours here until an admin has confirmed that it is you.',
      '',
      'If you reset it yourself, please tell your admin, in person or by phone. If you did not, tell them too: somebody else may be using your account.',
    ].join('\n'),
  'message.plain': () =>
    'That message came without encryption although this room is encrypted, so I did not use it. Please send it again from a client that encrypts, such as Element.',
  'message.unsupported': () =>
    "I can't do anything with that kind of message. Send me a file, or ask me something in words.",
  'message.edited-command': () =>
    "I don't do this from an edited message, so that nothing happens twice. Please send it as a new message.",
  'undecryptable.waiting': () =>
    [
      "**I can't open your last message yet:** its key has not reached me. I keep waiting and answer when it comes.",
      'It helps to open Element on the device you wrote from. If nothing happens, send the message again.',
    ].join('\n'),
  'undecryptable.readable': () => 'Now I can read it. Here is what you asked for:',
  'verification.emoji': ({ emoji }) => `I see: ${emoji}\nIf your device shows the same, choose **They match**.`,
  'verification.done': () => 'Verified. Your devices know now that it is really me.',
  'verification.cancelled': () =>
    'The verification was cancelled. You can start it again from my profile whenever you like.',
};

function backAgain(number: number): string {
  return `The earlier version, document ${number}, is used again; \`!forget ${number}\` removes it too.`;
}

/** Names in bold; of many just the first ones. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `**${name}**`);
  return list(names.length > shown.length ? [...shown, `${number(names.length - shown.length)} more`] : shown);
}

/** "Ada's: " before the name of a file that somebody lent. */
function lentBy(owner: string): string {
  return owner === '' ? '' : `${owner}’s: `;
}

/** The first names of a list, and how many there are besides. */
function firstOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  return list(more > 0 ? [...names.slice(0, NAMED), `${number(more)} more`] : names);
}
