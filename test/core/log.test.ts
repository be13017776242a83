import { expect, test } from 'vitest';
import { Secret } from '../../config/secret.ts';
import { AppError } from '../../core/errors.ts';
import { createLogger, type LogLevel, reference } from '../../core/log.ts';

const WORD = 'Zahnarztrechnung';

function logged(write: (log: ReturnType<typeof createLogger>) => void, level: LogLevel = 'debug') {
  const lines: string[] = [];
  write(createLogger({ name: 'test', level, destination: { write: (line) => void lines.push(line) } }));
  return lines;
}

function parsed(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  return JSON.parse(logged(write)[0] ?? '{}');
}

test('a line is JSON with time, level, name, message and its facts', () => {
  const line = parsed((log) => log.child({ room: '!r:h' }).info({ bytes: 12, passages: 3 }, 'document stored'));
  expect(line).toMatchObject({ level: 30, name: 'test', room: '!r:h', bytes: 12, passages: 3, msg: 'document stored' });
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('lines below the level are not written', () => {
  expect(logged((log) => log.info('quiet'), 'warn')).toEqual([]);
  expect(logged((log) => log.error('quiet'), 'silent')).toEqual([]);
});

test.each(
  [
    'body',
    'text',
    'password',
    'token',
    'key',
    'formatted_body',
    'filename',
    'fileName',
    'question',
    'answer',
    'caption',
  ].concat([
    'accessToken',
    'access_token',
    'apiKey',
    'recovery-code',
    'passphrase',
    'new_password',
    'prompt',
    'heading',
  ]),
)('what a field named %s holds does not come out, at any depth', (field) => {
  const lines = logged((log) => {
    log.info({ [field]: WORD }, 'top');
    log.info({ event: { content: { [field]: WORD } }, list: [{ deep: { [field]: [WORD] } }] }, 'deep');
    log.child({ [field]: WORD }).warn('child');
    log.error({ deep: { er: { even: { deeper: { and: { so: { on: { [field]: WORD } } } } } } } }, 'very deep');
  });
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toContain(WORD);
});

test('numbers under a secret name do not come out either', () => {
  expect(logged((log) => log.info({ password: 4711, token: 4711 }, 'pin')).join('')).not.toContain('4711');
});

test('bytes, secrets and handles show what they are, not what they hold', () => {
  class Handle {
    readonly inside = WORD;
    toJSON() {
      return { inside: WORD };
    }
  }
  const fields = {
    data: Buffer.from(WORD),
    array: new TextEncoder().encode(WORD),
    handle: new Handle(),
    map: new Map([[WORD, WORD]]),
    own: new Secret(WORD),
    call: () => WORD,
  };
  const lines = logged((log) => log.info(fields, 'kinds'));
  expect(lines.join('')).not.toContain(WORD);
  expect(JSON.parse(lines[0]!)).toMatchObject({ data: `[${WORD.length} bytes]`, handle: '[Handle]', own: '[Secret]' });
});

test('an internal error shows kind, code and frames, never its text, wherever it is put', () => {
  const multiline = `${WORD}\n    at ${WORD} (${WORD}:1:1)\n    at again`;
  const make = () => Object.assign(new TypeError(multiline, { cause: new Error(WORD) }), { code: 'ECONNRESET' });
  const lines = logged((log) => {
    log.error({ err: make() }, 'as a field');
    log.error({ error: make(), list: [make()] }, 'under other names');
    log.error(make() as never, 'as the fields');
    log.error(
      Object.assign(new Error('renamed'), { message: WORD, stack: `Error: ${WORD}\n    at a (b:1:1)` }) as never,
      'x',
    );
  });
  expect(lines.join('')).not.toContain(WORD);
  expect(JSON.parse(lines[0]!).err).toMatchObject({ type: 'TypeError', code: 'ECONNRESET', cause: { type: 'Error' } });
  expect(JSON.parse(lines[0]!).err.stack.length).toBeGreaterThan(0);
});

test('the message of an AppError comes out, its facts and the text of its cause do not', () => {
  const error = new AppError('unavailable', 'the disk is full', {
    reason: 'disk-full',
    facts: { name: WORD },
    cause: new Error(WORD),
  });
  const lines = logged((log) => log.error({ err: error }, 'failed'));
  expect(lines.join('')).not.toContain(WORD);
  expect(JSON.parse(lines[0]!).err).toMatchObject({
    type: 'AppError',
    code: 'unavailable',
    message: 'the disk is full',
    reason: 'disk-full',
  });
});

test('something that refers to itself does not stop the log', () => {
  const circle: Record<string, unknown> = { size: 1 };
  circle.self = circle;
  const error: Error & { cause?: unknown } = new Error('round');
  error.cause = error;
  expect(logged((log) => log.warn({ circle, error }, 'round'))).toHaveLength(1);
});

test('reference ids are short and differ', () => {
  const ids = new Set(Array.from({ length: 500 }, reference));
  expect(ids.size).toBe(500);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}$/);
});
