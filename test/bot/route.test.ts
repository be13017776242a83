import { describe, expect, it } from 'vitest';
import { type MessageFacts, readMessage, type Shield } from '../../bot/message-facts.ts';
import type { PlainRequest } from '../../bot/plain-request.ts';
import { REFUSAL_TEXTS, type Route, route } from '../../bot/route.ts';
import { CATALOGUE } from '../../bot/wording/say.ts';

interface Case {
  readonly room?: MessageFacts['room']['kind'];
  readonly encryptedRoom?: boolean;
  readonly sender?: MessageFacts['sender'];
  readonly plain?: true;
  readonly shield?: Shield;
  readonly old?: true;
  readonly addressed?: true;
  readonly type?: string;
  readonly redacts?: string;
  readonly content: Readonly<Record<string, unknown>>;
}

function routeOf(given: Case): Route {
  return route({
    room: { kind: given.room ?? 'direct', encrypted: given.encryptedRoom ?? true },
    sender: given.sender ?? 'member',
    wasEncrypted: !given.plain,
    shield: given.shield ?? 'ok',
    old: given.old ?? false,
    addressed: given.addressed ?? false,
    type: given.type ?? 'm.room.message',
    message: readMessage(given.content, given.redacts),
  });
}

const text = (body: string) => ({ msgtype: 'm.text', body });
const edit = (body: string) => ({
  msgtype: 'm.text',
  body: `* ${body}`,
  'm.new_content': text(body),
  'm.relates_to': { rel_type: 'm.replace', event_id: '$first' },
});
const file = { msgtype: 'm.file', body: 'contract.pdf', filename: 'contract.pdf' };
const command = (name: string, args = ''): Route => ({ kind: 'command', name, args });
const unknown = (name: string): Route => ({ kind: 'unknown-command', name });
const plain = (request: PlainRequest): Route => ({ kind: 'plain-request', request });
const question = (words: string): Route => ({ kind: 'question', text: words });
const refuse = (why: Extract<Route, { kind: 'refuse' }>['why']): Route => ({ kind: 'refuse', why });
const ignore = (why: Extract<Route, { kind: 'ignore' }>['why']): Route => ({ kind: 'ignore', why });

describe('what a text in a direct chat is', () => {
  it.each<[string, Route]>([
    ['When is the rent due?', question('When is the rent due?')],
    ['  spaced out  ', question('spaced out')],
    ['!help', command('help')],
    ['!HELP', command('help')],
    ['/help', command('help')],
    ['//help', command('help')],
    ['!hilfe', command('hilfe')],
    ['!lösche 3', command('lösche', '3')],
    ['!forget 3', command('forget', '3')],
    ['!forget   3  ', command('forget', '3')],
    ['!forget\n3', command('forget', '3')],
    ['!people add @ben:home.test admin', command('people', 'add @ben:home.test admin')],
    ['!filesystem', unknown('filesystem')],
    ['!help!', unknown('help!')],
    ['!Fiels', unknown('Fiels')],
    ['/fiels', unknown('fiels')],
    ['/home/ada is full, why?', question('/home/ada is full, why?')],
    ['/insurance/health', question('/insurance/health')],
    ['///files of mine', question('///files of mine')],
    ['///help', plain({ what: 'help' })],
    ['! help', command('help')],
    ['!  forget  3', command('forget', '3')],
    ['! what a day', question('! what a day')],
    ['!! what', question('!! what')],
    ['!?', plain({ what: 'hint' })],
    ['👍', plain({ what: 'emoji' })],
    ['delete document 3', plain({ what: 'forget', numbers: '3' })],
    ['What help can I get under the insurance?', question('What help can I get under the insurance?')],
    ['!3', question('!3')],
    ['help', plain({ what: 'help' })],
    ['files', plain({ what: 'files' })],
    ['please !help', plain({ what: 'help' })],
    ['', ignore('empty')],
    ['   ', ignore('empty')],
  ])('%j', (body, expected) => {
    expect(routeOf({ content: text(body) })).toEqual(expected);
  });
});

describe('what a text in the ops room is', () => {
  it.each<[string, Route]>([
    ['status', command('status')],
    ['Status', command('status')],
    ['!status', command('status')],
    ['people add @ben:home.test', command('people', 'add @ben:home.test')],
    ['!statsu', unknown('statsu')],
    ['statsu', unknown('statsu')],
    ['peoples', unknown('peoples')],
    ['!lockdown!!', { kind: 'command', name: 'lockdown', args: '' }],
    ['!Sperren! sofort', { kind: 'command', name: 'sperren', args: 'sofort' }],
    ['lockdown now please', { kind: 'command', name: 'lockdown', args: 'now please' }],
    ['Lock the house on Friday', refuse('ops-no-questions')],
    ['how is it going', refuse('ops-no-questions')],
    ['yes', plain({ what: 'yes' })],
    ['Ja!', plain({ what: 'yes' })],
    ['When is the rent due?', refuse('ops-no-questions')],
  ])('%j', (body, expected) => {
    expect(routeOf({ room: 'ops', sender: 'admin', content: text(body) })).toEqual(expected);
  });
});

const reaction = (key: string) => ({ 'm.relates_to': { rel_type: 'm.annotation', event_id: '$first', key } });

describe('everything else', () => {
  it.each<[string, Case, Route]>([
    ['own message', { sender: 'self', content: text('!help') }, ignore('own')],
    ['stranger', { sender: 'stranger', content: text('!help') }, ignore('stranger')],
    [
      'stranger’s redaction',
      { sender: 'stranger', type: 'm.room.redaction', redacts: '$f', content: {} },
      ignore('stranger'),
    ],
    [
      'stranger in the clear',
      { sender: 'stranger', encryptedRoom: false, plain: true, content: text('x') },
      ignore('stranger'),
    ],
    ['before the first start', { old: true, content: text('!help') }, ignore('old')],
    ['notice', { content: { msgtype: 'm.notice', body: '!help' } }, ignore('notice')],
    ['notice in a group', { room: 'other', content: { msgtype: 'm.notice', body: 'x' } }, ignore('notice')],
    [
      'edited into a notice',
      { content: { ...edit('x'), 'm.new_content': { msgtype: 'm.notice', body: 'x' } } },
      ignore('notice'),
    ],
    ['reaction', { type: 'm.reaction', content: {} }, ignore('not-a-message')],
    [
      'thumbs-up in the ops room',
      { room: 'ops', sender: 'admin', type: 'm.reaction', content: reaction('👍🏽') },
      { kind: 'thumbs-up', target: '$first' },
    ],
    ['thumbs-up in a chat', { type: 'm.reaction', content: reaction('👍') }, ignore('not-a-message')],
    ['deleted before it came', { content: {} }, ignore('empty')],

    ['file', { content: file }, { kind: 'file', caption: '' }],
    ['file with caption', { content: { ...file, body: ' our lease ' } }, { kind: 'file', caption: 'our lease' }],
    ['file of an old client', { content: { msgtype: 'm.file', body: 'contract.pdf' } }, { kind: 'file', caption: '' }],
    [
      'file with a command as caption',
      { content: { ...file, body: '!forget 1' } },
      { kind: 'file', caption: '!forget 1' },
    ],
    ['image', { content: { msgtype: 'm.image', body: 'a.png' } }, { kind: 'file', caption: '' }],
    ['edited caption', { content: { ...edit('x'), 'm.new_content': file } }, ignore('edited-file')],
    ['file in the ops room', { room: 'ops', sender: 'admin', content: file }, refuse('ops-no-files')],
    ['sticker', { type: 'm.sticker', content: { body: 'x' } }, refuse('unsupported')],
    ['location', { content: { msgtype: 'm.location', body: 'x' } }, refuse('unsupported')],

    ['edited question', { content: edit('When?') }, { kind: 'edit-of-question', target: '$first', text: 'When?' }],
    ['edited into a command', { content: edit('!forget 2') }, refuse('edited-command')],
    ['edited into a list', { content: edit('!files') }, command('files')],
    ['edited into a mistyped command', { content: edit('!fiels') }, refuse('edited-command')],
    ['edited into a password', { content: edit('!password secret') }, refuse('edited-command')],
    ['edited into plain words', { content: edit('help') }, plain({ what: 'help' })],
    ['edited into a command, ops', { room: 'ops', content: edit('status') }, command('status')],
    [
      'edited into an audited command, ops',
      { room: 'ops', content: edit('people add @ben:home.test') },
      refuse('edited-command'),
    ],
    [
      'reply with quotation',
      {
        content: {
          ...text('> <@kin:home.test> !forget 1\n> more\n\nand now?'),
          'm.relates_to': { 'm.in_reply_to': { event_id: '$x' } },
        },
      },
      question('and now?'),
    ],
    [
      'reply that is only a quotation',
      { content: { ...text('> <@kin:home.test> x'), 'm.relates_to': { 'm.in_reply_to': { event_id: '$x' } } } },
      ignore('empty'),
    ],
    ['quotation that is no reply', { content: text('> so they say\n\ntrue?') }, question('> so they say\n\ntrue?')],
    [
      'mentioned person',
      {
        room: 'ops',
        content: {
          ...text('!people add Ben Miller admin'),
          formatted_body: '!people add <a href="https://matrix.to/#/@ben:home.test">Ben Miller</a> admin',
        },
      },
      command('people', 'add @ben:home.test admin'),
    ],
    [
      'mention in a question stays a name',
      {
        content: {
          ...text('Is Ben in it?'),
          formatted_body: 'Is <a href="https://matrix.to/#/@ben:home.test">Ben</a> in it?',
        },
      },
      question('Is Ben in it?'),
    ],

    [
      'redaction',
      { type: 'm.room.redaction', plain: true, redacts: '$f', content: {} },
      { kind: 'redaction', target: '$f' },
    ],
    [
      'redaction, room version 11',
      { type: 'm.room.redaction', plain: true, content: { redacts: '$f' } },
      { kind: 'redaction', target: '$f' },
    ],
    [
      'redaction after somebody joined',
      { room: 'other', type: 'm.room.redaction', plain: true, redacts: '$f', content: {} },
      { kind: 'redaction', target: '$f' },
    ],
    ['redaction of nothing', { type: 'm.room.redaction', content: { redacts: 7 } }, ignore('not-a-message')],

    ['group', { room: 'other', content: text('When?') }, refuse('not-direct')],
    ['command in a group', { room: 'other', content: text('!files') }, refuse('not-direct')],
    ['file in a group', { room: 'other', content: file }, refuse('not-direct')],
    ['unencrypted room', { encryptedRoom: false, plain: true, content: text('When?') }, refuse('not-encrypted')],
    [
      'unencrypted ops room',
      { room: 'ops', encryptedRoom: false, plain: true, content: text('status') },
      refuse('not-encrypted'),
    ],
    ['file in an unencrypted room', { encryptedRoom: false, plain: true, content: file }, refuse('not-encrypted')],
    ['plain event in an encrypted room', { plain: true, content: text('!forget 1') }, refuse('plain-event')],
    ['unsigned device', { shield: 'unsigned', content: text('When?') }, refuse('unsigned')],
    [
      'unsigned device, command in ops',
      { room: 'ops', sender: 'admin', shield: 'unsigned', content: text('people') },
      refuse('unsigned'),
    ],
    ['unsigned device, edit', { shield: 'unsigned', content: edit('x') }, refuse('unsigned')],
    ['changed identity', { shield: 'mismatch', content: file }, refuse('mismatch')],
    ['sticker from an unsigned device', { shield: 'unsigned', type: 'm.sticker', content: {} }, refuse('unsigned')],

    [
      'verification from an unsigned device',
      { shield: 'unsigned', type: 'm.key.verification.start', content: {} },
      { kind: 'verification' },
    ],
    [
      'verification request',
      { content: { msgtype: 'm.key.verification.request', body: 'x' } },
      { kind: 'verification' },
    ],
    [
      'verification by a stranger',
      { sender: 'stranger', type: 'm.key.verification.start', content: {} },
      ignore('stranger'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(routeOf(given)).toEqual(expected);
  });

  it('survives content of any shape', () => {
    const odd = [null, 7, [], {}, 'x', { rel_type: 'm.replace' }, { rel_type: 'm.replace', event_id: 7 }];
    for (const value of odd) {
      for (const field of [
        'msgtype',
        'body',
        'filename',
        'm.relates_to',
        'm.new_content',
        'formatted_body',
        'redacts',
      ]) {
        expect(() => routeOf({ content: { ...text('!help'), [field]: value } })).not.toThrow();
      }
    }
  });

  it('has words for every refusal', () => {
    for (const key of Object.values(REFUSAL_TEXTS)) expect(CATALOGUE.en[key]).toBeTypeOf('function');
  });
});
