import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Homeserver } from '../../bot/matrix/homeserver.ts';
import type { PasswordChanging } from '../../bot/matrix/password-book.ts';
import { keepSession, openSession, readSession } from '../../bot/matrix/session.ts';
import { installTransport } from '../../bot/matrix/transport.ts';
import { PasswordDesk, type PasswordOutcome } from '../../bot/password-desk.ts';
import { PasswordFile } from '../../bot/password-file.ts';
import type { AuditEntry } from '../../core/audit.ts';
import { createLogger } from '../../core/log.ts';
import { AccountServer } from './account-server.ts';
import { eventually } from './eventually.ts';
import { temporaryBotDb } from './matrix/bot-db.ts';

// The change of the bot's own password, against an account server that dies or refuses at a request; the real bot.db and real files.

const USER = '@kin:home.test';
const FIRST = 'the first password';
const WISH = { source: '$asks', person: '@ada:home.test' };

const never = new AbortController().signal;
installTransport(never);

let bot: ReturnType<typeof temporaryBotDb>;
let server: AccountServer;
let file: PasswordFile;
let now: number;
let rows: AuditEntry[];
let told: { change: PasswordChanging; outcome: PasswordOutcome }[];

async function begin(revokesAtLogin: boolean): Promise<void> {
  bot = temporaryBotDb();
  server = await AccountServer.start({ revokesAtLogin });
  mkdirSync(join(bot.folder, 'secrets'));
  file = new PasswordFile(join(bot.folder, 'secrets', 'bot-password'));
  writeFileSync(file.path, FIRST, { mode: 0o600 });
  keepSession(bot.db, { userId: USER, deviceId: 'DEVICE', accessToken: 'first-token' });
  [now, rows, told] = [1_000_000, [], []];
}

beforeEach(() => begin(false));
afterEach(async () => {
  await server.stop();
  bot.remove();
});

/** A desk as a running bot has it. */
function deskOf(homeserver: Homeserver, given: PasswordFile | undefined = file): PasswordDesk {
  return new PasswordDesk({
    ...{ db: bot.db, session: readSession(bot.db)!, homeserver, file: given, clock: () => now },
    audit: { append: (row: AuditEntry) => void rows.push(row) },
    tell: (change, outcome) => void told.push({ change, outcome }),
    log: createLogger({ name: 'test', level: 'silent' }),
  });
}

const speaking = () => new Homeserver(server.url, never).withSession(readSession(bot.db)!);

/** What a start of the process does with the session. */
async function started(): Promise<PasswordDesk> {
  const anonymous = new Homeserver(server.url, never);
  const session = await openSession(bot.db, anonymous, { userId: USER, password: () => file.read() });
  return deskOf(anonymous.withSession(session));
}

/** Everything that a change promises. */
async function expectChanged(): Promise<void> {
  expect(server.password).not.toBe(FIRST);
  expect(file.read()).toBe(server.password);
  expect(server.password.length).toBeGreaterThanOrEqual(43);
  const session = readSession(bot.db)!;
  expect([...server.tokens]).toEqual([[session.accessToken, 'DEVICE']]);
  expect(session.accessToken).not.toBe('first-token');
  expect(readdirSync(join(bot.folder, 'secrets'))).toEqual(['bot-password']);
  expect(await speaking().whoAmI()).toMatchObject({ device_id: 'DEVICE' });
}

test('password and token are new, other devices are out, the device is the same, and the desk speaks with the new token', async () => {
  server.tokens.set('of-somebody', 'OTHER');
  server.tokens.set('copied', 'DEVICE');
  const homeserver = speaking();
  expect(await deskOf(homeserver).change(WISH)).toEqual({ kind: 'changed', others: 1 });
  await expectChanged();
  expect(await homeserver.whoAmI()).toMatchObject({ device_id: 'DEVICE' });
  expect(rows).toMatchObject([{ action: 'password.changed', actor: WISH.person, outcome: 'done' }]);
});

test('who waits for news while the old token ends with the login is not sent away: it waits on with the new one', async () => {
  await server.stop();
  bot.remove();
  await begin(true);
  const homeserver = speaking();
  const news = homeserver.sync('s1');
  await eventually(() => server.polling).toBe(1);
  expect(await deskOf(homeserver).change(WISH)).toMatchObject({ kind: 'changed' });
  await eventually(() => server.polling).toBe(1);
  server.endPolls();
  expect(await news).toEqual({ next_batch: 's2' });
});

test('the message that asked asks once, however often it is handled; another one asks anew', async () => {
  const desk = deskOf(speaking());
  await desk.change(WISH);
  const after = server.password;
  expect(await desk.change(WISH)).toEqual({ kind: 'changed', others: 0 });
  expect(server.password).toBe(after);
  await desk.change({ ...WISH, source: '$again' });
  expect(server.password).not.toBe(after);
  await expectChanged();
});

test('behind a link the file itself is replaced', async () => {
  const link = join(bot.folder, 'link');
  symlinkSync(file.path, link);
  expect(await deskOf(speaking(), new PasswordFile(link)).change(WISH)).toMatchObject({ kind: 'changed' });
  await expectChanged();
});

describe('nothing is changed', () => {
  const untouched = () => {
    expect(server.password).toBe(FIRST);
    expect(readFileSync(file.path, 'utf8').trimEnd()).toBe(FIRST);
    expect(bot.db.prepare("SELECT count(*) FROM facts WHERE key = 'password-change'").pluck().get()).toBe(0);
  };

  test('where the file is read-only, gone, or none of ours', async () => {
    chmodSync(file.path, 0o400);
    expect(await deskOf(speaking()).change(WISH)).toMatchObject({ why: 'file', problem: 'read-only' });
    const gone = new PasswordFile(join(bot.folder, 'none', 'bot-password'));
    expect(await deskOf(speaking(), gone).change(WISH)).toMatchObject({ why: 'file', problem: 'ENOENT' });
    const desk = new PasswordDesk({ ...partsWithoutFile() });
    expect(await desk.change(WISH)).toMatchObject({ why: 'no-file' });
    expect(server.asked).toEqual([]);
    untouched();
  });

  test.each<[string, () => void, string]>([
    [
      'that the homeserver forbids',
      () => {
        server.capabilities = { 'm.change_password': { enabled: false } };
      },
      'off',
    ],
    [
      'that it has elsewhere',
      () => {
        server.trouble = { at: 2, kind: 'refuses', answer: [404, { errcode: 'M_UNRECOGNIZED', error: 'no' }] };
      },
      'off',
    ],
    [
      'for which it wants another proof',
      () => {
        server.flows = [{ stages: ['m.login.sso'] }, { stages: ['m.login.password', 'm.login.email.identity'] }];
      },
      'not-by-password',
    ],
    [
      'that its limit holds up at once',
      () => {
        server.trouble = {
          at: 1,
          kind: 'refuses',
          answer: [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 9000 }],
        };
      },
      'limit',
    ],
    [
      'with another password than it knows',
      () => {
        server.password = 'set by somebody else';
      },
      'wrong-password',
    ],
    [
      'to one that it finds too weak',
      () => {
        server.trouble = { at: 5, kind: 'refuses', answer: [400, { errcode: 'M_WEAK_PASSWORD', error: 'weak' }] };
      },
      'too-weak',
    ],
  ])('%s', async (_what, make, why) => {
    make();
    const before = server.password;
    expect(await deskOf(speaking()).change(WISH)).toMatchObject({ kind: 'refused', why });
    server.password = before === FIRST ? server.password : FIRST;
    untouched();
    // The session that is stored works, whichever it is.
    expect(await speaking().whoAmI()).toMatchObject({ device_id: 'DEVICE' });
    expect(rows.filter(({ outcome }) => outcome === 'done')).toEqual([]);
  });
});

test('a limit that comes in between: told, and gone on with when it is over, and told again', async () => {
  server.trouble = { at: 4, kind: 'refuses', answer: [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 90_000 }] };
  const desk = deskOf(speaking());
  expect(await desk.change(WISH)).toMatchObject({ kind: 'waiting', why: 'limit', waitMs: 90_000 });
  now += 89_000;
  desk.tick();
  await desk.idle();
  expect(server.password).toBe(FIRST);
  now += 2_000;
  desk.tick();
  await desk.idle();
  await expectChanged();
  expect(told).toMatchObject([{ outcome: { kind: 'changed' } }]);
});

/** The steps of a change as the account server sees them: capabilities, password, devices, login, password, password. */
const REQUESTS = 6;
const KILLS = Array.from({ length: REQUESTS }, (_, index) => index + 1).flatMap((at) =>
  (['hangs-before', 'hangs-after'] as const).map((kind) => ({ at, kind })),
);

describe.each([
  { revokesAtLogin: false },
  { revokesAtLogin: true },
])('killed where $revokesAtLogin ends old tokens', (options) => {
  beforeEach(async () => {
    await server.stop();
    bot.remove();
    await begin(options.revokesAtLogin);
  });

  test.each(KILLS)('at request $at, that $kind', async (kill) => {
    server.tokens.set('of-somebody', 'OTHER');
    server.trouble = kill;
    void deskOf(speaking()).change(WISH);
    await eventually(() => server.asked.length).toBe(kill.at);
    server.trouble = undefined;
    const desk = await started();
    if (kill.at <= 3) {
      // Nothing had begun: the message is handled once more.
      expect(await desk.change(WISH)).toMatchObject({ kind: 'changed' });
    } else {
      now += 60_000;
      desk.tick();
      await desk.idle();
      expect(told).toMatchObject([{ change: WISH, outcome: { kind: 'changed' } }]);
      expect(await desk.change(WISH)).toMatchObject({ kind: 'changed' });
    }
    await expectChanged();
    await started();
  });

  test.each(['before', 'after'] as const)('%s the file has the new one', async (when) => {
    class Dying extends PasswordFile {
      override write(password: string): void {
        if (password === FIRST || when === 'after') super.write(password);
        if (password !== FIRST) throw new Error('killed');
      }
    }
    await expect(deskOf(speaking(), new Dying(file.path)).change(WISH)).rejects.toThrow('killed');
    const desk = await started();
    expect(await desk.change(WISH)).toMatchObject({ kind: 'changed' });
    await expectChanged();
  });
});

test('a file that cannot be written any more: the new password stays sealed in bot.db until it can', async () => {
  class Full extends PasswordFile {
    isFull = true;
    override write(password: string): void {
      if (!this.isFull || password === FIRST) super.write(password);
      else new PasswordFile(join(bot.folder, 'none', 'x')).write(password);
    }
  }
  const full = new Full(file.path);
  const desk = deskOf(speaking(), full);
  expect(await desk.change(WISH)).toMatchObject({ kind: 'waiting', why: 'file', problem: 'ENOENT' });
  expect(file.read()).toBe(FIRST);
  const asked = server.asked.length;
  full.isFull = false;
  now += 60_000;
  desk.tick();
  await desk.idle();
  expect(server.asked).toHaveLength(asked);
  await expectChanged();
});

test('a device that was deleted meanwhile is not taken for ours, whatever it is called', async () => {
  server.trouble = { at: 4, kind: 'hangs-before' };
  void deskOf(speaking()).change(WISH);
  await eventually(() => server.asked.length).toBe(4);
  server.trouble = undefined;
  server.tokens.clear();
  server.keys.clear();
  await expect(started()).rejects.toThrow(/no longer knows the bot’s session/);
  expect(readSession(bot.db)?.accessToken).toBe('first-token');
});

function partsWithoutFile(): ConstructorParameters<typeof PasswordDesk>[0] {
  return {
    ...{ db: bot.db, session: readSession(bot.db)!, homeserver: speaking(), file: undefined, clock: () => now },
    ...{ audit: { append: () => {} }, tell: () => {}, log: createLogger({ name: 'test', level: 'silent' }) },
  } as ConstructorParameters<typeof PasswordDesk>[0];
}
