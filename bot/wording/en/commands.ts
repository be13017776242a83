import type { Language } from '../../../core/caller.ts';
import type { EraseCounts } from '../../../core/erase/erasure.ts';
import type { Remains } from '../../../core/erase/receipt.ts';
import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { AdminFacts, EmbeddingState, ModelInUse, PrivacyFacts, ReplyFacts } from '../facts/commands.ts';
import { countParts, kindName, unitName } from './kinds.ts';

const { bytes, count, day, duration, list, moment, number } = FORMATS.en;

const MEANWHILE = {
  none: '',
  earlier: '; the earlier model finds until all are',
  words: '; words and built-in vectors find until all are, because the earlier model cannot be run any more',
};

const EMBEDDING_STATES: Record<Exclude<EmbeddingState, 'ready'>, string> = {
  downloading: 'is being downloaded',
  failing: 'could not be downloaded yet and is tried again (see the log)',
  refused: 'of the hub is not the known one and was thrown away',
  changed: 'was changed on disk and is not used: remove its folder',
  missing: 'is not in the models folder',
};

/** What begins so soon begins now. */
const A_MINUTE_MS = 60_000;

const REMAINS: Record<Remains, string> = {
  audit: 'the record of who did what stays for its time, without your name',
  'audit-named': 'the record of who did what stays for its time, with your name; `!audit` shows it',
  settings: 'your settings stay as they are',
  'in-rooms': 'what you asked in family rooms and gave to them stays there',
  'own-messages': 'your own messages and files are on the homeserver until you delete them',
  'bot-messages': 'what I wrote stays in the chat, encrypted: for your eyes alone',
  'bot-media': 'files that I sent you stay on the homeserver, encrypted; only you have their keys',
  'chat-address': 'the address of this chat, which this message needs, goes right after it',
  'shared-rooms': 'that you are in a room with others and me stays with that room until you leave it',
  'room-papers': 'what you gave to family rooms stays there for the others, without your name on it',
  'unread-rooms':
    'the file of a family room is damaged and could not be looked into; what you gave or asked there may still be in it',
  'room-answers':
    'what I answered you in rooms with others is deleted as far as I still know of it; older answers stay there',
  'others-chats': 'what I told others about papers that you lent each other stays in their chats, quotes included',
  'ops-messages': 'what I wrote to the admins about you as a member stays in their ops room, with your address',
};

const COUNTED: Record<string, readonly [string, string]> = {
  documents: ['document', 'documents'],
  passages: ['passage', 'passages'],
  vectors: ['vector', 'vectors'],
  turns: ['question with its answer', 'questions with their answers'],
  badAnswers: ['marked answer', 'marked answers'],
  shares: ['share', 'shares'],
  lockedFiles: ['locked file that waits', 'locked files that wait'],
  queuedMessages: ['message on its way', 'messages on their way'],
  uploads: ['file I sent you', 'files I sent you'],
};

/** What there is, by name; what there is none of is left out. */
function countList(counts: EraseCounts): string {
  const parts = Object.entries(COUNTED).flatMap(([name, [one, many]]) =>
    (counts[name] ?? 0) > 0 ? [count(counts[name]!, one, many)] : [],
  );
  return parts.length === 0 ? 'nothing is kept' : list(parts);
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'German' };

/** English: what the commands answer in a person's chat. */
export const replies: Entries<ReplyFacts> = {
  'help.direct': () => '**Send me a file, or ask me a question in your own words.** Besides, I understand:',
  'help.ops': () => '**In this room I understand** (with or without `!`):',
  'help.line': ({ usage: line, summary }) => `- ${line} ${summary}`,
  'help.more': ({ usage: line }) => `${line} shows more about one command.`,
  'help.examples': ({ examples }) => `For example: ${examples.join(', ')}`,
  'help.jobs': ({ jobNames }) => `The jobs: ${list(jobNames.map(String))}`,
  'help.api-key-terms': () =>
    [
      'What a key may do: `upload` (send papers), `read` (list them), `ask`, `export`, `delete`, or `all` of it. `--upload-only`: send papers and nothing else, for a scanner. Nothing said: upload, read and ask.',
      'For how long: `for 90 days`, `for 8 weeks`, `for 6 months`, up to `for 5 years`. Nothing said: a year.',
    ].join('\n'),
  'help.below': () => 'Besides:',
  'help.also': ({ names }) => `Also: ${names.join(', ')}`,
  'files.none': () => 'I know no documents from you yet. Send me one and I read it.',
  'files.head': ({ documents, passages }) =>
    `**I know ${count(documents, 'document', 'documents')} from you,** with ${count(passages, 'passage', 'passages')}:`,
  'files.line': (file) =>
    `- **${file.number}** ${file.name} (${kindName(file.kind)}, ${file.pages > 1 ? `${countParts(file.kind, file.pages)}, ` : ''}${bytes(file.bytes)}, ${file.isTwin ? moment(file.addedAt) : day(file.addedAt)})${file.note === '' ? '' : `: ${file.note}`}${file.begins === '' ? '' : `, begins “${file.begins}”`}${file.replacedBy > 0 ? `, replaced by ${file.replacedBy}` : ''}${file.lentTo.length > 0 ? `, lent to ${list(file.lentTo)}` : ''}`,
  'files.head-some': ({ found, documents }) => `**${number(found)} of ${count(documents, 'document', 'documents')}:**`,
  'files.in-text': ({ word, named }) =>
    named > 0
      ? `**“${word}” also stands in the text of these:**`
      : `No document of yours has “${word}” in its name or note. **It stands in the text of these:**`,
  'files.no-match': ({ word }) =>
    `No document of yours has “${word}” in its name, its note or its text. \`!files\` lists them all. Or ask me in a sentence: I also find things said in other words.`,
  'files.more-some': ({ page, pages }) =>
    `Page ${number(page)} of ${number(pages)}; put the next page's number behind the words.`,
  'files.more': ({ page, pages, next }) => `Page ${number(page)} of ${number(pages)}; ${next} shows the next.`,
  exported: ({ name, number: own, passages }) =>
    `This is all the text I keep of **${name}** (document ${own}, ${count(passages, 'passage', 'passages')}).`,
  'files.foot': ({ forget, show }) =>
    `${show} with a number shows what I keep of it, ${forget} removes a document for good.`,
  'show.head': ({ name, number: own }) => `**${name}** is document ${own}.`,
  'show.size': ({ kind, bytes: size, pages, passages }) =>
    `- ${kindName(kind)}, ${bytes(size)}, ${pages > 1 ? `${countParts(kind, pages)}, ` : ''}${count(passages, 'passage', 'passages')}; the file itself is not kept`,
  'show.languages': ({ languages }) =>
    languages.length === 0 ? '- I could not tell its language' : `- written in ${list(languages)}`,
  'show.dates': ({ addedAt, times }) =>
    `- sent on ${moment(addedAt)}${times > 1 ? `, and ${times === 2 ? 'once' : `${number(times - 1)} times`} more` : ''}`,
  'show.note': ({ note }) => `- your note: ${note}`,
  'show.replaced': ({ replacedBy, replacedAt, number: own }) =>
    `- replaced by document ${replacedBy} on ${day(replacedAt)}, so it is not used for answers; \`!keep ${own}\` changes that`,
  'show.version': ({ number: old, addedAt, replacedAt }) =>
    `- takes the place of document ${old} from ${day(addedAt)}, since ${day(replacedAt)}`,
  'show.depth': ({ embedded, passages }) =>
    embedded < 0
      ? '- found by its words and the built-in vectors'
      : embedded >= passages
        ? '- full depth: things said in other words are found as well'
        : `- found by its words already; ${number(embedded)} of ${count(passages, 'passage', 'passages')} also by meaning, the rest follows`,
  'show.first': ({ text }) => `It begins: “${text}”`,
  'show.more': ({ firstPart, whole, unit, parts, last, names, more }) => {
    const all = `${whole} sends all of its text.`;
    if (parts < 2) return all;
    const which =
      names.length === 0
        ? unit === 'part'
          ? ` (there are ${number(parts)})`
          : ` (the last one is “${last}”)`
        : `: ${numbered(names)}${more > 0 ? ` and ${number(more)} more` : ''}`;
    return `${firstPart} shows a ${unitName(unit)} of it${which}${names.length === 0 ? ', ' : '. '}${all}`;
  },
  'show.whose': ({ number: own }) => `document ${own}`,
  'show.page': ({ name, whose, unit, page }) => `**${name}** (${whose}), ${unitName(unit)} “${page}”:`,
  'show.cut': ({ whole }) => `It goes on; ${whole} sends all of it.`,
  'keep.done': ({ name, number: own }) =>
    `**${name}** (document ${own}) is used for answers again, beside the newer one.`,
  'keep.current': ({ name, number: own }) => `**${name}** (document ${own}) is in use already.`,
  whoami: (who) =>
    [
      `You are ${who.person}, ${who.role === 'admin' ? 'an admin' : 'a member'} of this household since ${day(who.addedAt)}.`,
      `I know ${count(who.documents, 'document', 'documents')} from you and speak English with you (${who.change} changes that).`,
    ].join('\n'),
  'erase.all-preview': ({ counts, confirm }) =>
    `**This forgets all your documents for good:** ${countList(counts)}. Your settings, the messages in our chat, what you asked in family rooms and gave to them, and the record of who did what stay.\nTo do it, send ${confirm} within ten minutes. Nobody can bring them back.`,
  'erase.all-begun': () => 'I am forgetting all your documents. You get a receipt when it is done.',
  'erase.me-preview': ({ counts, wait, confirm }) =>
    [
      `**This erases everything about you for good:** ${countList(counts)}, your settings, your key, what I wrote in our chat (but for receipts) where the homeserver lets me take it back, and that I know you.`,
      ...((counts.roomTurns ?? 0) > 0
        ? [`${count(counts.roomTurns!, 'question', 'questions')} of these you asked in family rooms.`]
        : []),
      ...((counts.roomPapers ?? 0) > 0 ? [roomPapers(counts.roomPapers!, counts.papersAway ?? 0)] : []),
      ...((counts.unreadRooms ?? 0) > 0
        ? [
            `The ${counts.unreadRooms === 1 ? 'file of a family room is' : 'files of some family rooms are'} damaged, so I cannot see what of yours lies there.`,
          ]
        : []),
      wait === 0 ? 'It begins at once.' : `It begins after ${duration(wait)}; until then you can take it back.`,
      `To do it, send ${confirm} within ten minutes.`,
    ].join('\n'),
  'erase.me-planned': ({ at, now, stop }) =>
    at - now < A_MINUTE_MS
      ? 'I am erasing everything about you. The last you hear from me is a receipt.'
      : `On ${moment(at)} I erase everything about you. Until then all works as before, and ${stop} takes it back. The last you hear from me is a receipt.`,
  'erase.open': ({ at, stop }) => `That is planned for ${moment(at)}. ${stop} takes it back.`,
  'erase.none': () => 'Nothing is planned that could be taken back.',
  'erase.stopped': () => 'Taken back: everything stays as it is.',
  'erase.too-late': () => 'It has begun already and cannot be taken back any more.',
  'erase.removed': ({ at, now, mayExport }) =>
    at - now < A_MINUTE_MS
      ? 'An admin has taken you out of this household. I no longer answer you, and I am erasing everything about you now.'
      : `An admin has taken you out of this household, so I no longer answer you. What I keep of you is sealed; nobody can read it. On ${moment(at)} I erase it, unless they let you in again before.${mayExport ? ' Here comes everything that I keep about you, to take along; until then `!export` sends it again.' : ''}`,
  'erase.frozen': ({ at, now, mayExport }) =>
    at - now < A_MINUTE_MS
      ? 'I am erasing everything about you, so I no longer answer you.'
      : `An admin has taken you out of this household: what I keep of you is sealed, and on ${moment(at)} I erase it, unless they let you in again before${mayExport ? '; until then `!export` sends you all of it' : ''}.`,
  'erase.receipt': ({ kind, erasedAt, before, remains, backups, text }) =>
    [
      kind === 'person'
        ? '**Everything about you is erased.** This is the receipt, and my last message: I leave this chat now.'
        : '**All your documents are erased.** This is the receipt.',
      `- gone: ${countList(before)}${kind === 'person' ? ', your settings and your key' : ''}`,
      `- checked on ${moment(erasedAt)} by reading the stores themselves: nothing of it is left`,
      ...remains.map((one) => `- ${REMAINS[one]}`),
      ...(backups.length === 0
        ? ['- no backup holds any of it']
        : backups.map(
            ({ name, keptUntil }) =>
              `- the backup ${name} may still hold it, sealed, until ${keptUntil === null ? 'somebody removes it where it lies' : day(keptUntil)}`,
          )),
      '',
      'Keep this, if you like; `kinkeeper receipt verify` says whether it is genuine:',
      '```',
      text.source,
      '```',
    ].join('\n'),
  'forgotten.chat': ({ turns, elsewhere, again }) =>
    [
      turns === 0
        ? `I remember nothing of our talk${elsewhere === 0 ? '' : ' in this chat'}.`
        : `Forgotten: ${count(turns, 'question and its answer', 'questions and their answers')}. Your documents are still here.`,
      ...(elsewhere === 0
        ? []
        : [
            `${count(elsewhere, 'question', 'questions')} that you asked in family rooms ${elsewhere === 1 ? 'is' : 'are'} remembered there; ${again}, sent in the room, forgets yours.`,
          ]),
    ].join(' '),
  'forgotten.room-chat': ({ turns }) =>
    turns === 0
      ? 'I remember no question of yours in this room.'
      : `Forgotten: ${count(turns, 'question of yours in this room and its answer', 'questions of yours in this room and their answers')}. What others asked stays.`,
  stopped: ({ running, waiting, exports }) =>
    running + waiting === 0 && exports > 0
      ? 'Your export is being stopped.'
      : running + waiting === 0
        ? 'There is nothing to stop: I am not answering anything of yours.'
        : waiting === 0
          ? 'Stopped. The language model has been told to end.'
          : running === 0
            ? `Stopped: ${count(waiting, 'question that was', 'questions that were')} still waiting.`
            : `Stopped: ${count(running + waiting, 'question', 'questions')}, ${number(waiting)} of which ${waiting === 1 ? 'was' : 'were'} still waiting.`,
  'feedback.none': ({ isRoom }) =>
    `${isRoom ? 'No answer was marked here' : 'You marked no answer'}. To do so, react to an answer of mine with 👎.`,
  'feedback.head': ({ isRoom, cases }) =>
    `**${count(cases, 'answer', 'answers')} that ${isRoom ? (cases === 1 ? 'was marked as bad here' : 'were marked as bad here') : 'you marked as bad'}:**`,
  'feedback.line': ({ question, answer, names, model, at }) =>
    `- ${day(at)}: “${question}” ${answer === '' ? '(passages shown)' : `“${answer}”`}${names.length === 0 ? '' : `, from ${names.join(', ')}`}${model === '' ? '' : `, by ${model}`}`,
  'feedback.foot': ({ isRoom, clear }) =>
    isRoom
      ? 'They are sealed with the documents of this room and seen by nobody else. Who marked one takes it back with the reaction.'
      : `They are sealed with your documents and seen by nobody else. ${clear} forgets them.`,
  'feedback.cleared': ({ cases }) =>
    cases === 0 ? 'There was nothing to forget.' : `Forgotten: ${count(cases, 'marked answer', 'marked answers')}.`,
  privacy: (facts) =>
    [
      '**What I keep about you**',
      `- the text of ${count(facts.documents, 'document', 'documents')}, cut into ${count(facts.passages, 'passage', 'passages')}, with names, your notes, sizes, dates and a fingerprint by which I recognise the same file; never the files themselves`,
      '- earlier versions of a document too, until you forget them; I do not use them for answers',
      `- ${facts.turns === 0 ? 'none of our questions and answers at the moment' : `${count(facts.turns, 'question with its answer', 'questions with their answers')}, the oldest ${duration(wholeMinutes(facts.oldestAge))} old, so that I understand follow-up questions`}`,
      ...(facts.cases === 0 ? [] : [`- ${count(facts.cases, 'answer', 'answers')} that you marked with a thumbs-down`]),
      ...inRooms(facts),
      '- your Matrix address, role and language',
      '',
      '**Where, and under whose key**',
      `- on the family server, in an encrypted file of your own (a key for you alone, itself locked by the server’s passphrase)`,
      ...(facts.server === ''
        ? []
        : [
            `- the messages and files of our chat lie on ${facts.server}, end-to-end encrypted; delete them there as you like`,
          ]),
      '',
      '**Who sees it**',
      facts.lent === 0
        ? '- in chat, nobody but you: other people’s questions never reach your documents'
        : `- in chat, nobody but you, except for what you lend: ${count(facts.lent, 'loan', 'loans')}, each a copy that one person may read and ask about (\`!shares\` lists them, \`!unshare\` ends one). Other people’s questions reach nothing else of yours`,
      ...(facts.borrowed === 0
        ? []
        : [
            `- to you ${count(facts.borrowed, 'document is', 'documents are')} lent: your questions find ${facts.borrowed === 1 ? 'it' : 'them'} too, and the owner can take ${facts.borrowed === 1 ? 'it' : 'them'} back`,
          ]),
      '- admins see counts and sizes only',
      '- what you send into a family room is for everybody in it, and is kept apart from this',
      '- whoever runs the server **and** knows its passphrase could open it; that is the person to trust',
      '',
      '**Which models read it**',
      `- for answers: ${facts.answering === null ? 'none; I show you the passages themselves' : place(facts.answering, 'the question and the passages it needs')}`,
      `- for finding: word search and built-in word vectors on the family server${facts.embedding === null ? '' : `, and ${place(facts.embedding, 'the text of your documents and questions')}`}`,
      '',
      '**How long**',
      `- until you forget it: ${facts.forget}, or delete every message that brought the file. A backup that your admin made before may hold it longer.`,
      '- the password of a locked file: only while the file is read. Until you send it, or for half an hour, I remember where to get the file again',
      `- our questions and answers ${facts.turnDays === 0 ? 'until you forget them' : `for ${count(facts.turnDays, 'day', 'days')}`}; they go at once with ${facts.forgetChat}, and whenever you let me forget a document. \`!retention\` shows and changes how long`,
    ].join('\n'),
  'language.set': () => 'From now on I speak English with you.',
};

/** English: what the ops room's commands answer. */
export const admin: Entries<AdminFacts> = {
  'status.bot': (bot) =>
    [
      `- **Bot** ${bot.version}, up for ${duration(bot.uptime)}, ${bytes(bot.memoryBytes)} of memory`,
      `- **Answers** ${bot.answering === '' ? 'with passages only (no language model)' : `by ${bot.answering}`}`,
      `- **Finding** by words and built-in vectors${bot.embedding === '' ? '' : `, and by ${bot.embedding}`}`,
      ...(bot.embeddingState === 'ready' ? [] : [`- **Embedding model** ${EMBEDDING_STATES[bot.embeddingState]}`]),
    ].join('\n'),
  'status.embedding': ({ embedded, passages, meanwhile }) =>
    `- **Embedded** ${number(embedded)} of ${count(passages, 'passage', 'passages')}${MEANWHILE[meanwhile]}`,
  'status.ops': ({ state, ago }) =>
    state === 'never'
      ? '- **Jobs** have never reported: is the ops process running?'
      : state === 'silent'
        ? `- **Jobs** silent for ${duration(ago)}: is the ops process running?`
        : `- **Jobs** alive, heard ${duration(ago)} ago`,
  'status.host': ({ state, ago }) =>
    state === 'unseen'
      ? '- **Host** not seen: without the host helper nobody watches its logins, containers and updates'
      : state === 'silent'
        ? `- **Host** last seen ${duration(ago)} ago: is its helper running?`
        : `- **Host** seen ${duration(ago)} ago`,
  'status.counts': ({ people, documents, passages }) =>
    `- **Kept** for ${count(people, 'person', 'people')}: ${count(documents, 'document', 'documents')}, ${count(passages, 'passage', 'passages')}`,
  'status.queues': (queues) =>
    `- **Waiting** ${count(queues.files, 'file', 'files')}, ${count(queues.questions, 'question', 'questions')}, ${count(queues.replies, 'reply', 'replies')} to send, ${count(queues.undecryptable, 'message', 'messages')} without a key`,
  'status.unconfirmed': ({ confirm }) =>
    `- **Recovery code** not confirmed yet: is it on paper? ${confirm} takes it back from this room`,
  'status.alerts': ({ undelivered, open }) =>
    `- **Alerts** ${number(open)} open, ${number(undelivered)} not delivered yet`,
  'people.head': ({ people }) => `**${count(people, 'person', 'people')} may talk to me:**`,
  'people.line': (person) =>
    `- ${person.person} ${person.role === 'admin' ? '**admin**' : 'member'}, reads ${LANGUAGE_NAMES[person.language]}, since ${day(person.addedAt)}${person.greeted ? '' : ', has not opened a chat yet'}${person.identityChanged ? ', **identity changed**, not confirmed' : ''}`,
  'people.added': ({ person, role }) =>
    `${person} may talk to me now, as ${role === 'admin' ? 'an admin' : 'a member'}. Next, they start a direct chat with me, and I greet them there.`,
  'people.changed': ({ person, role }) => `${person} is ${role === 'admin' ? 'an admin' : 'a member'} now.`,
  'people.same': ({ person }) => `Nothing changed: ${person} has that role already.`,
  'people.wish-goes-on': ({ person, at }) =>
    `${person} had asked to be erased, and that goes on: it happens on ${day(at)} unless they take it back themselves.`,
  'people.removed': ({ person, at, now, mayExport }) =>
    at - now < A_MINUTE_MS
      ? `${person} can't talk to me any more, and I am erasing everything about them now.`
      : `${person} can't talk to me any more. Their documents stay sealed, and nobody can read them. On ${moment(at)} I erase everything about them; if you add them again before that, they have everything back.${mayExport ? ' In their chat with me they get everything that I keep about them, and may ask for it again until then.' : ''}`,
  'people.erase-preview': ({ person, confirm }) =>
    `This erases everything about ${person} at once and for good: documents, memory, settings, their key. They get a receipt, and I leave their chat. Nobody can bring it back.\nTo do it, send ${confirm} within ten minutes.`,
  'people.erase-begun': ({ person, reference }) =>
    `I am erasing everything about ${person}. The reference is **${reference}**; you hear of it only if something fails.`,
  'people.confirm-own': ({ person }) =>
    `Your own identity can't be confirmed from your own account. On the server: \`kinkeeper people confirm\` with ${person}.`,
  'people.confirm-none': ({ person }) => `There is nothing to confirm: ${person} shows the identity that I know.`,
  'people.confirm-preview': ({ person, fingerprint, confirm }) =>
    `The account of ${person} shows a new identity, which begins with ${fingerprint}. Ask them face to face or by phone whether they reset it themselves, and compare it with what their app shows, where it shows it. Whoever holds this identity asks and reads in their name.\nIf it is theirs, send ${confirm} within ten minutes.`,
  'people.confirmed': ({ person }) =>
    `Confirmed: I know ${person} by the new identity now. What waited for them is on its way; what they wrote meanwhile they send again.`,
  'people.invited': () => 'I invited them to this room.',
  'people.room-failed': () => 'I could not bring the ops room up to date yet and will try again.',
  'alerts.none': () => 'No alerts so far.',
  'alerts.open': ({ open }) => (open === 0 ? '**No alert is open.**' : `**Open: ${count(open, 'alert', 'alerts')}**`),
  'alerts.lately': () => '**Lately**',
  'alerts.somebody': () => 'somebody',
  'alerts.line': ({ at, reference, severity, text, state, ...standing }) => {
    const { clearedAt, isFlapping, acknowledgedAt, acknowledgedBy, snoozedUntil } = standing;
    const notes = [
      ...(state === 'over' ? [`over since ${moment(clearedAt)}`] : []),
      ...(isFlapping ? ['comes and goes'] : []),
      ...(acknowledgedAt === 0 ? [] : [`${acknowledgedBy} took note ${moment(acknowledgedAt)}`]),
      ...(snoozedUntil === 0 ? [] : [`put off until ${moment(snoozedUntil)}`]),
    ];
    return `- ${moment(at)}, ${reference}, ${severity}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}: ${text}`;
  },
  'alerts.full': ({ reference, severity, text }) => `**${reference}**, ${severity}: ${text}`,
  'alerts.times': ({ raisedAt, lastAt, times, clearedAt }) =>
    [
      `- since ${moment(raisedAt)}${times > 1 ? `, reported ${number(times)} times, the last time ${moment(lastAt)}` : ''}`,
      ...(clearedAt === 0 ? [] : [`- over since ${moment(clearedAt)}, after ${duration(clearedAt - raisedAt)}`]),
    ].join('\n'),
  'alerts.state': ({ state, deliveredAt, isFlapping, acknowledgedAt, acknowledgedBy, snoozedUntil }) =>
    [
      ...(state === 'open' ? ['- it goes on'] : []),
      ...(isFlapping ? ['- it keeps coming and going'] : []),
      deliveredAt === 0 ? '- not delivered to this room yet' : `- delivered ${moment(deliveredAt)}`,
      ...(acknowledgedAt === 0 ? [] : [`- ${acknowledgedBy} took note ${moment(acknowledgedAt)}`]),
      ...(snoozedUntil === 0 ? [] : [`- put off until ${moment(snoozedUntil)}`]),
    ].join('\n'),
  'alerts.may': ({ ack, snooze }) => `${ack} says that you have taken note, ${snooze} puts it off.`,
  'alerts.not-open': ({ reference }) => `${reference} does not go on any more, so there is nothing to do about it.`,
  'alerts.acknowledged': ({ reference }) => `Noted: I remind nobody of ${reference}. I still say so when it is over.`,
  'alerts.snoozed': ({ reference, until }) =>
    `I keep quiet about ${reference} until ${moment(until)}, and tell you then if it still goes on.`,
};

/** What becomes of papers that were given to family rooms, `away` of them to rooms that the giver is not in any more. */
function roomPapers(all: number, away: number): string {
  const stays = `What you gave to family rooms (${count(all, 'paper', 'papers')}) stays there for the others, without your name on it.`;
  const there = 'What shall go too, make me forget there before.';
  const gone = `${away === all ? 'It lies' : `${count(away, 'paper lies', 'papers lie')}`} in rooms that you are not in any more: whoever is there can make me forget ${away === all || away === 1 ? 'it' : 'them'}.`;
  return [stays, ...(away === all ? [] : [there]), ...(away === 0 ? [] : [gone])].join(' ');
}

/** What family rooms hold of a person, as a line of `!privacy`; none where there is nothing. */
function inRooms({ roomQuestions, roomPapers }: PrivacyFacts): string[] {
  const asked = count(roomQuestions, 'question that you asked there', 'questions that you asked there');
  const given = count(roomPapers, 'paper that you gave', 'papers that you gave');
  const found = [...(roomQuestions === 0 ? [] : [asked]), ...(roomPapers === 0 ? [] : [given])];
  return found.length === 0 ? [] : [`- in the files of family rooms: ${list(found)}; \`!export\` sends them too`];
}

/** Where a model runs and, when that is another machine, what it gets to see. */
function place(model: ModelInUse, sent: string): string {
  return model.host === null
    ? `${model.name}, on the family server`
    : `${model.name} on **${model.host}**, which gets ${sent}`;
}

/** "**1** Rent, **2** Garden": names with the numbers that show them. */
function numbered(names: readonly string[]): string {
  return names.map((name, index) => `**${index + 1}** ${name}`).join(', ');
}
