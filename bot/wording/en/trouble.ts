import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ErrorFacts, FallbackFacts } from '../facts/trouble.ts';
import { sayInvalid, sayScope } from './api-request.ts';
import { unitName } from './kinds.ts';

const { bytes, count, list, number } = FORMATS.en;

const IPHONE_PHOTO = new Set(['heic', 'heif']);

const WAYS_OUT: Readonly<Record<string, string>> = {
  ppt: ' Saved as pptx or PDF it works.',
  'winmail.dat': ' Save the mail that it came with as a file (eml) and send me that: then I can read what is in it.',
  ...Object.fromEntries(['avif', 'gif', 'jxl', 'psd', 'tif'].map((kind) => [kind, ' Saved as JPG or PNG it works.'])),
};

/** English: what went wrong, and what helps. */
export const trouble: Entries<ErrorFacts & FallbackFacts> = {
  'error.file-empty': () => 'The file is empty. Please check it and send it again.',
  'error.file-too-large': ({ limit }) =>
    `The file is larger than the ${bytes(limit)} I may read. Could you send a part of it?`,
  'error.file-kind': ({ kind }) =>
    IPHONE_PHOTO.has(kind)
      ? `I can't read ${kind.toUpperCase()} photos, the iPhone's own format. Please share the photo as JPG (a screenshot of it works too). For the next ones: **Settings > Camera > Formats > Most Compatible** on the iPhone.`
      : `I can't read this kind of file${kind === 'unknown' ? '' : ` (${kind})`}. I read PDF, photos and scans (JPEG, PNG, WebP), Word, Excel and PowerPoint, OpenDocument (odt, ods, odp), RTF, EPUB, web pages, mails, calendars, contacts, CSV, Markdown, text and ZIP archives of these.${WAYS_OUT[kind] ?? ''}`,
  'error.file-encrypted': () => 'The file is locked with a password. Please send a copy without one.',
  'error.file-wrong-password': () => 'That password does not open the file. Please check it and try again.',
  'error.file-no-text': () =>
    'I found no text in the file, and none in its pictures either. A sharper, straight photo or scan may help.',
  'error.file-damaged': () => 'The file is damaged and I could not read it. Please send it again, or export it anew.',
  'error.file-too-hard': () =>
    'The file asks for more memory than I allow for reading, so I stopped. Splitting it, or exporting it as PDF or text, usually helps.',
  'error.file-too-many-pages': ({ limit }) =>
    `The file has more than ${count(limit, 'page', 'pages')}. Please send it in parts.`,
  'error.file-timeout': ({ seconds }) =>
    `Reading took longer than ${count(seconds, 'second', 'seconds')}, so I stopped. Splitting the file usually helps.`,
  'error.disk-full': () =>
    'The disk of the family server is full, so I kept nothing. Your admin knows; please send it again later.',
  'error.media-gone': () => 'The server no longer has the file. Please send it again.',
  'error.media-damaged': () => 'The file arrived changed or incomplete, so I did not open it. Please send it again.',
  'error.busy': () => 'I have too much to do right now. Please try again in a few minutes.',
  'error.file-too-much-text': () => 'The file holds more text than I may keep of one file. Please send it in parts.',
  'error.reader-unavailable': () =>
    'This server cannot read files safely right now, so I read none. Please tell your admin; `doctor` shows what is missing.',
  'error.store-busy': () => 'My store is busy right now. Please try again in a minute.',
  'error.person-id': () => 'That is not a full Matrix address such as `@ada:example.org`.',
  'error.question-too-long': ({ limit }) =>
    `That is too long for a question: I take up to ${number(limit)} characters. Please ask it in a few sentences; a long text I can read as a file.`,
  'error.no-such-document': ({ number: given }) =>
    `I know no document ${given} of yours. \`!files\` shows the numbers.`,
  'error.no-such-command': () => 'There is no such command for you here. `!help` lists them.',
  'error.no-such-alert': ({ given }) =>
    `There is no alert ${given}. \`!alerts\` lists the latest with their references, such as A12.`,
  'error.snooze-time': () => 'Say for how long, from a minute to 90 days: `30 min`, `2 h` or `3 days`.',
  'error.no-such-person': ({ person }) => `I don't know ${person}. \`!people\` lists who may talk to me.`,
  'error.no-such-page': ({ pages }) =>
    pages === 1 ? 'The list has one page only.' : `The list has ${number(pages)} pages only.`,
  'error.no-such-page-of': ({ page, unit, last, names, more }) =>
    `It has no ${unitName(unit)} “${page}”; ${names === '' ? `the last one is “${last}”` : `it has: ${names}${more > 0 ? ` and ${number(more)} more` : ''}`}.`,
  'error.recovery-group-length': ({ length }) =>
    `I need the last group of the recovery code, which has ${number(length)} characters. Nothing was confirmed.`,
  'error.recovery-group-typo': () =>
    'That ends no recovery code: there is a typing mistake in it, or it is another group than the last one. Nothing was confirmed; compare it with your paper.',
  'error.recovery-group-other': () =>
    'That group has no typing mistake, but it belongs to another recovery code than the one that counts. Nothing was confirmed; the newest message with a recovery code here is the one to write down.',
  'error.hand-over-waiting': () =>
    'One of the two messages with a secret is still on its way to this room. Please confirm when you have written both down.',
  'error.share-terms': () =>
    'I need to know whom to lend it to: `!share 3 with @ben:example.org`, or `!share 3 with @ben:example.org until 2027-12-31`.',
  'error.share-date': ({ given }) =>
    `I don't understand “${given}” as a day. Write it like \`31 December 2027\`, \`31.12.2027\`, \`2027-12-31\` or \`tomorrow\`; that day is the last one.`,
  'error.share-date-past': ({ given }) =>
    `“${given}” lies in the past. The day has to be today or later; it is the last one.`,
  'error.share-date-missing': () =>
    'The day is missing: until when? For example `until 31 December 2027`; that day is the last one. Without “until” it is lent until one of you ends it.',
  'error.share-self': () => 'That document is yours already.',
  'error.share-known': () =>
    'You lend them this document already. `!shares` shows it; end it first to change the date.',
  'error.share-full': () => 'You lend them very many documents already. `!shares` lists them; please end some first.',
  'error.no-such-share': ({ mark, list: all }) => `I know no loan ${mark} of yours. \`${all}\` lists them.`,
  'error.no-such-member': ({ person }) =>
    `I don't know ${person}, so I can't lend them anything. An admin can add them.`,
  'error.last-admin': () => 'That would leave no admin at all. Make someone else an admin first.',
  'error.room-retention': ({ command }) =>
    `How long things are kept in a family room is for your admin to decide, for all rooms alike. Nothing was changed. \`${command}\` shows what holds here; in our own chat you decide about what is yours.`,
  'error.account-name': ({ person }) =>
    `The homeserver allows no account named ${person}. Small letters a to z, digits and . _ - are good, unless it is digits alone or begins with _.`,
  'error.account-right': () =>
    'The homeserver refuses my right over accounts. Is the token in the file of `homeserver.adminTokenFile` still an administrator’s? Once it is, restart me.',
  'error.accounts-off': ({ server }) =>
    `I may not look after accounts on ${server}. Name \`homeserver.adminTokenFile\` in my settings if I should; or do it on the server.`,
  'error.account-elsewhere': ({ person, server }) =>
    `${person} has an account on another server; I can only look after those on ${server}.`,
  'error.no-account': ({ person }) => `There is no account ${person}. \`!people add\` makes one.`,
  'error.account-closed': ({ person }) => `The account ${person} is closed already.`,
  'error.account-of-admin': ({ person }) =>
    `${person} administers the homeserver itself. That account is in nobody's hands but its own: it can be reset or closed on the server only.`,
  'error.account-not-removed': ({ person }) =>
    `I close only the account of somebody whom you removed, until what I kept of them is erased; of ${person} I know nothing. If it has to go, close it on the homeserver itself.`,
  'error.erase-code': () =>
    'That is not the code I gave you last, or its ten minutes are over. Nothing was erased. Send the command without a code to get a new one.',
  'error.erase-in-chat': () => 'That works only where the bot runs, in its Matrix chats.',
  'error.being-erased': ({ person }) =>
    `${person} is being erased right now. When that is done you can add them again, as somebody new.`,
  'error.api-key-name': ({ name }) =>
    `You have a key called “${name}” already. Give this one another name, or end that one first.`,
  'error.api-key-bad-name': () =>
    'A key’s name is one word of up to 32 letters, digits, dots or dashes: `scanner`, `my-phone`.',
  'error.api-key-full': ({ most }) =>
    `You have ${number(most)} API keys, and that is as many as there can be. \`!apikey\` lists them; please end one first.`,
  'error.api-key-terms': () =>
    'I need to know what the key may do: any of `upload`, `read`, `ask`, `export`, `delete`, or `--upload-only`; and for how long, if not a year: `!apikey new phone upload ask for 90 days`. No key was made.',
  'error.api-key-lasting': ({ years }) =>
    `A key lasts a day at least and ${count(years, 'year', 'years')} at most: \`!apikey new phone upload ask for ${years} years\`. No key was made.`,
  'error.no-such-api-key': ({ number: given }) => `You have no API key ${given}. \`!apikey\` lists them.`,
  'error.api-key-missing': () =>
    'Every request needs a key: send it as `Authorization: Bearer …`. `!apikey new` in your chat with me makes one.',
  'error.api-key-typo': () => 'That key has a typing mistake in it: a letter is missing or wrong. Copy it once more.',
  'error.api-key-unknown': () =>
    'That key is none of ours, or it was ended. `!apikey new` in your chat with me makes another.',
  'error.api-key-ended': () => 'That key has ended. `!apikey new` in your chat with me makes another.',
  'error.api-key-guessing': ({ seconds }) =>
    `Too many wrong keys came from your address, so I listen to it again in ${count(seconds, 'second', 'seconds')} only.`,
  'error.api-key-scope': sayScope,
  'error.api-rate': ({ seconds }) =>
    `That was too much at once with this key. Try again in ${count(seconds, 'second', 'seconds')}.`,
  'error.api-files-wait': ({ most }) =>
    `${number(most)} of your files wait to be read already. Please send more once some of them are done.`,
  'error.api-no-path': () => 'There is nothing under this address. `/v1/docs` tells what there is.',
  'error.api-method': ({ method, methods }) =>
    `This address does not take ${method}, only ${list(methods.split(', '))}. \`/v1/docs\` tells what each is for.`,
  'error.api-invalid': sayInvalid,
  'error.api-not-json': () => 'The body is no JSON that I can read.',
  'error.api-json-type': () => 'The body has to be JSON, sent with `Content-Type: application/json`.',
  'error.api-bad-form': () => 'The form cannot be read. It has to be `multipart/form-data` with its boundary.',
  'error.api-no-file': () => 'The form has to hold one file, in a field called `file`. Nothing was kept.',
  'error.api-field-twice': ({ field }) =>
    `The form has the field \`${field}\` more than once, and I can't know which one is meant. Nothing was kept.`,
  'error.api-cut-off': () => 'The request broke off before its end. Nothing was kept; please send it again.',
  'error.api-slow': () => 'The request stopped coming in, so I gave up on it. Nothing was kept; please send it again.',
  'error.api-ended': () => 'This was ended before it was done. Please try again.',
  'error.api-sealed': () =>
    'I am locked and cannot open anybody’s papers until an admin unlocks me. Please try again later.',
  'error.no-such-upload': () =>
    'I know of no such upload (any more): I remember them for an hour, and not across a restart. Sending the same file again tells what became of it.',
  'error.no-such-export': () => 'I know of no such export or part of it (any more). Please begin a new one.',
  'error.person-several': ({ given, people }) =>
    `Several people are called ${given}: ${people}. Please write the whole address.`,
  'error.not-the-bot': () => 'That is me. I am here anyway.',

  'trouble.not-found': () => "I can't find that.",
  'trouble.forbidden': () => 'You may not do that here.',
  'trouble.invalid': () => "I can't use that as it is. `!help` shows what I understand.",
  'trouble.conflict': () => 'That does not fit with what is there already.',
  'trouble.too-large': () => 'That is more than I may take.',
  'trouble.unsupported': () => "I can't do that yet.",
  'trouble.unavailable': () =>
    "Something I need for that can't be reached right now. Please try again in a few minutes.",
  'trouble.internal': ({ reference }) =>
    `Something went wrong on my side. Nothing of yours is lost. If it happens again, give your admin this reference: **${reference}**`,
  'trouble.with-file': ({ name }) => `I could not keep **${name}**.`,
};
