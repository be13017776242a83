import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DigestDesk } from '../../bot/digest-desk.ts';
import { digestText } from '../../bot/digest-text.ts';
import { encryptedFileOf, fetchAttachment } from '../../bot/matrix/media.ts';
import { LANGUAGES } from '../../core/caller.ts';
import { bookDigest, type Digest, waitingDigest } from '../../core/digest.ts';
import { AppError } from '../../core/errors.ts';
import { houseSeries } from '../../core/house-series.ts';
import { createLogger } from '../../core/log.ts';
import type { DrawPng } from '../../core/picture.ts';
import { ADA, BOT } from './matrix/sample-events.ts';
import { respond, SmallHomeserver } from './matrix/small-homeserver.ts';
import { type Household, openHousehold } from './people-state.ts';

const MINUTE = 60_000;
const SPACES = /[\u00a0\u202f]/g;

/** A one-pixel picture: drawing has tests of its own. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const draw: DrawPng = async () => ({ bytes: PNG, width: 1080, height: 1900 });

const QUIET: Digest = {
  ...{ from: 1_799_395_200_000, to: 1_800_000_000_000, answers: 0, medianSeconds: null, files: 0 },
  ...{ keptBytes: null, keptChangeBytes: null, diskFreeBytes: null, diskBytes: null, fullInDays: null },
  ...{ backupsMade: 0, backupsProven: 0, backupsFailed: 0, provenAgeMs: null, hasBackups: false },
  ...{ updatesMade: 0, updatesFailed: 0, securityUpdates: null, rebootRequired: null },
  ...{ jobsFailed: 0, alertsRaised: 0, alertsOpen: 0, failedLogins: null },
};
const BUSY: Digest = {
  ...QUIET,
  ...{ answers: 123, medianSeconds: 2.1, files: 14 },
  ...{ keptBytes: 1.2e9, keptChangeBytes: 35e6, diskFreeBytes: 38e9, diskBytes: 80e9, fullInDays: 40 },
  ...{ backupsMade: 7, backupsProven: 6, backupsFailed: 1, provenAgeMs: 9 * 86_400_000, hasBackups: true },
  ...{ updatesMade: 2, updatesFailed: 1, securityUpdates: 12, rebootRequired: true },
  ...{ jobsFailed: 2, alertsRaised: 3, alertsOpen: 1, failedLogins: 1234 },
};

let home: Household;
let server: SmallHomeserver;
let opsRoom: string | undefined;
let desk: DigestDesk;
let stop: AbortController;

beforeEach(async () => {
  home = await openHousehold();
  server = await SmallHomeserver.start();
  opsRoom = '!ops';
  start();
});
afterEach(async () => {
  stop.abort();
  await desk.idle();
  await server.stop();
  home.remove();
});

/** As a start of the bot does. */
function start(drawPng: DrawPng = draw): void {
  stop = new AbortController();
  const { control } = home.state;
  desk = new DigestDesk(
    {
      ...{ ...control, outbox: home.outbox, homeserver: server.client(BOT, 'BOT'), drawPng },
      ...{ handOver: { isOpen: false }, opsRoom: () => opsRoom, wake: () => {} },
      series: () => houseSeries(control, home.clock.now),
      clock: () => home.clock.now,
      log: createLogger({ name: 'test', level: 'silent' }),
    },
    stop.signal,
  );
}

async function tick(): Promise<void> {
  desk.tick();
  await desk.idle();
}

function queued(): { room: string; audience: string; content: Record<string, unknown> }[] {
  const rows = home.db.prepare('SELECT room_id AS room, audience, content FROM outbox ORDER BY id').all();
  return (rows as { room: string; audience: string; content: string }[]).map((row) => ({
    ...row,
    content: JSON.parse(row.content) as Record<string, unknown>,
  }));
}

const facts = () => home.state.control.facts;

describe('a digest that waits', () => {
  test('goes to the ops room once, for admins alone, with the picture below it', async () => {
    bookDigest(facts(), BUSY);
    await tick();
    const [text, picture, ...more] = queued();
    expect(more).toEqual([]);
    expect([text!.room, picture!.room]).toEqual(['!ops', '!ops']);
    expect([text!.audience, picture!.audience]).toEqual(['{"kind":"ops"}', '{"kind":"ops"}']);
    expect(text!.content).toMatchObject({ msgtype: 'm.notice', body: expect.stringMatching(/^What happened, /) });
    expect(picture!.content).toMatchObject({ msgtype: 'm.image', info: { w: 1080, h: 1900, mimetype: 'image/png' } });
    const file = encryptedFileOf(picture!.content)!;
    expect(await fetchAttachment(server.client(ADA, 'PHONE'), file, 1000)).toEqual(PNG);
    expect(waitingDigest(facts())).toBeUndefined();
    await tick();
    start();
    await tick();
    expect(queued()).toHaveLength(2);
  });

  test('waits for the room, and for a bot that was down', async () => {
    opsRoom = undefined;
    bookDigest(facts(), QUIET);
    await tick();
    expect(queued()).toEqual([]);
    opsRoom = '!ops';
    await tick();
    expect(queued()).toHaveLength(2);
    bookDigest(facts(), { ...QUIET, from: QUIET.to, to: QUIET.to + 1 });
    await tick();
    expect(queued()).toHaveLength(4);
  });

  test.each([1, 2])('comes once although the process ended after %d of its two messages', async (after) => {
    bookDigest(facts(), QUIET);
    const add = home.outbox.add.bind(home.outbox);
    let added = 0;
    home.outbox.add = (message) => {
      add(message);
      added += 1;
      if (added === after) throw new Error('killed');
    };
    await tick();
    expect(queued()).toHaveLength(after);
    home.outbox.add = add;
    start();
    await tick();
    expect(queued().map(({ content }) => content.msgtype)).toEqual(['m.notice', 'm.image']);
    expect(waitingDigest(facts())).toBeUndefined();
  });

  test('that ends with the bot is left to the next one', async () => {
    bookDigest(facts(), QUIET);
    start((_svg, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
    desk.tick();
    stop.abort();
    await desk.idle();
    expect(queued()).toEqual([]);
    start();
    await tick();
    expect(queued()).toHaveLength(2);
  });
});

describe('a picture that fails', () => {
  test('is tried again where the homeserver takes no media, and after the third time the text goes alone', async () => {
    server.fault = ({ path }, response) => (path.includes('upload') ? respond(response, 500, '') : undefined);
    bookDigest(facts(), QUIET);
    for (let tries = 0; tries < 2; tries++) {
      await tick();
      await tick();
      expect(server.count(/upload/)).toBe(tries + 1);
      expect(queued()).toEqual([]);
      home.clock.now += 5 * MINUTE;
    }
    await tick();
    expect(server.count(/upload/)).toBe(3);
    expect(queued().map(({ content }) => String(content.body).split('\n').at(-1))).toEqual([
      expect.stringContaining('could not be sent'),
    ]);
    expect(waitingDigest(facts())).toBeUndefined();
  });

  test('does not wait where it cannot be drawn', async () => {
    const failing = vi.fn(() => Promise.reject(new AppError('unavailable', 'no', { reason: 'picture-failed' })));
    start(failing);
    bookDigest(facts(), QUIET);
    await tick();
    expect(queued().map(({ content }) => content.body)).toEqual([expect.stringMatching(/could not be drawn/)]);
    expect(failing).toHaveBeenCalledTimes(1);
  });
});

describe('its words', () => {
  test('are those of the first admin, as they are when it is sent', async () => {
    const { people } = home.state.control;
    const say = async () => {
      home.clock.now += 1;
      bookDigest(facts(), { ...QUIET, to: home.clock.now });
      await tick();
      return String(queued().at(-2)!.content.body);
    };
    expect(await say()).toContain('What happened');
    people.add({ id: '@ben:home.test', role: 'admin', language: 'de' });
    expect(await say()).toContain('What happened');
    people.setLanguage(people.list()[0]!.id, 'de');
    expect(await say()).toContain('Was war');
  });

  test('are at most ten lines, whatever happened', () => {
    for (const language of LANGUAGES) {
      for (const digest of [QUIET, BUSY]) {
        const lines = digestText(language, digest, true)
          .split('\n')
          .filter((line) => line !== '');
        expect(lines.length).toBeLessThanOrEqual(10);
        for (const line of lines) expect(line).not.toMatch(/undefined|null|NaN/);
      }
    }
  });

  test('say everything that happened, and what somebody has to do', () => {
    const text = digestText('en', BUSY, true).replaceAll(SPACES, ' ');
    for (const part of [
      'Answers** 123, half of them within 2.1 secs; 14 files kept',
      'Storage** 1.2 GB kept (35 MB more); 38 GB of 80 GB free, full in about 40 days',
      'Backups** 7 made, 6 of them proven by restoring, 1 failed; the newest proven one is 9 days old',
      'Updates** 2 made, 1 failed; 12 security updates wait; the server wants a restart',
      'Jobs** 2 runs failed',
      'Alerts** 3 raised, 1 open',
      'Failed logins** 1,234',
      'For you** confirm the recovery code (`status` says how); see why no backup was proven this week',
      'make room on the disk',
    ])
      expect(text).toContain(part);
    expect(digestText('de', BUSY, false)).toContain(
      '**Für dich** nachsehen, warum diese Woche keine Sicherung erprobt',
    );
  });

  test('say of a quiet week that there is nothing to do but what was never set up', () => {
    const text = digestText('en', QUIET, false);
    expect(text).toContain('For you** set up backups');
    expect(text).toContain('Storage** was not measured');
    expect(text).toContain('not known: the host helper is not set up');
    const fine = { ...BUSY, fullInDays: null, backupsFailed: 0, provenAgeMs: 1, updatesFailed: 0, securityUpdates: 0 };
    expect(digestText('en', { ...fine, rebootRequired: false, jobsFailed: 0, alertsOpen: 0 }, false)).toContain(
      'For you** nothing to do',
    );
  });
});
