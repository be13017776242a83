import { expect, test } from 'vitest';
import { MatrixChats } from '../../../bot/erase/erase-chats.ts';
import { HomeserverError } from '../../../bot/matrix/homeserver-error.ts';
import { AudienceError } from '../../../bot/matrix/sender.ts';
import { AppError } from '../../../core/errors.ts';
import { BOT, text } from '../matrix/sample-events.ts';

const answered = (status: number, errcode: string, retryAfterMs = 0) =>
  new HomeserverError('no', { status, errcode, retryAfterMs });

/** The chats over a homeserver and a sender that do what a real one does on bad days. */
function chats(parts: { homeserver?: object; sender?: object }) {
  const rest = { own: BOT, crypto: {} as never, signal: new AbortController().signal };
  return new MatrixChats({ ...rest, homeserver: parts.homeserver as never, sender: parts.sender as never });
}

const message = { room: '!r', person: '@ben:home.test', text: 'bye', transaction: 't' };

test.each([
  ['nobody else is there', new AudienceError('gone')],
  ['a third person is there', new AudienceError('not-alone')],
  ['no device can read it', new AppError('unavailable', 'no', { reason: 'no-signed-device' })],
  ['the room is closed', answered(403, 'M_FORBIDDEN')],
])('the last words that cannot arrive because %s hold nothing up', async (_why, error) => {
  expect(await chats({ sender: { sendNow: () => Promise.reject(error) } }).tell(message)).toBe(false);
});

test('the last words are tried again when the server is away', async () => {
  const error = answered(0, '');
  await expect(chats({ sender: { sendNow: () => Promise.reject(error) } }).tell(message)).rejects.toBe(error);
});

test('what the bot wrote is taken back over all pages, as fast as the server lets it, and no receipt, and nothing of others', async () => {
  const own = (id: string) => text(id, { sender: BOT, type: 'm.room.encrypted', content: { ciphertext: 'x' } });
  const pages: Record<string, { chunk: unknown[]; end?: string }> = {
    newest: { chunk: [own('$3'), text('$theirs'), { ...own('$gone'), content: {} }], end: 'older' },
    older: {
      chunk: [
        { ...own('$receipt'), unsigned: { transaction_id: 'kin.receipt.0a' } },
        own('$2'),
        text('$state', { sender: BOT, type: 'm.room.member' }),
        own('$1'),
      ],
    },
  };
  const redacted: string[] = [];
  let limits = 1;
  const homeserver = {
    messages: async (_room: string, from?: string) => pages[from ?? 'newest'],
    redact: async (_room: string, event: string) => {
      if (event === '$2' && limits-- > 0) throw answered(429, 'M_LIMIT_EXCEEDED', 1);
      redacted.push(event);
    },
  };
  expect(await chats({ homeserver }).takeBack('!r')).toBe(true);
  expect(redacted).toEqual(['$3', '$2', '$1']);
  const left = { messages: () => Promise.reject(answered(403, 'M_FORBIDDEN')) };
  expect(await chats({ homeserver: left }).takeBack('!r')).toBe(false);
});

test('one answer is taken back in a room of others, and a server that does not let it holds nothing up', async () => {
  const redacted: string[] = [];
  const homeserver = { redact: async (_room: string, event: string) => void redacted.push(event) };
  expect(await chats({ homeserver }).takeBackOne('!family', '$1')).toBe(true);
  expect(redacted).toEqual(['$1']);
  const refuse = { redact: () => Promise.reject(answered(403, 'M_FORBIDDEN')) };
  expect(await chats({ homeserver: refuse }).takeBackOne('!family', '$1')).toBe(false);
  const away = answered(0, '');
  await expect(chats({ homeserver: { redact: () => Promise.reject(away) } }).takeBackOne('!f', '$1')).rejects.toBe(
    away,
  );
});

test('leaving a room that was left already is no error', async () => {
  const refuse = () => Promise.reject(answered(403, 'M_FORBIDDEN'));
  await chats({ homeserver: { leave: refuse, forget: refuse } }).leave('!r');
});
