import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ALERT_SHAPES, type AlertCode } from '../core/wording/alerts/facts.ts';
import { WATCHES } from '../ops/health/health-watches.ts';
import { hasTest } from './has-test.ts';

// An alert that was never seen to be raised may never be: each has a test that causes its fault, and one of silence when all is well.

type Named = readonly [file: string, title: string];
interface Shown {
  readonly fault: Named;
  readonly silence: Named;
}

const HEALTH = 'test/ops/health.test.ts';
const WELL: Named = [HEALTH, 'all well, with everything there: no alert at all'];
const TABLE: Named = [HEALTH, '%s at %o: %s'];
const MACHINE: Named = [HEALTH, 'a healthy machine clears everything'];
const HOST: Named = [HEALTH, 'its faults are told, and end'];
const KEY_DESK = 'test/bot/key-desk.test.ts';
const ERASING = 'test/bot/erase/erase-person.test.ts';
const TOMBSTONES = 'test/core/sqlite/tombstones.test.ts';
const QDRANT = 'test/core/qdrant/qdrant-index.test.ts';
const RUNNER = 'test/ops/runner.test.ts';
const IDENTITIES = 'test/core/sqlite/identity-store.test.ts';
const UPDATE = 'test/ops/update/settle-update.test.ts';
const MODELS = 'test/ops/update/update-models.test.ts';
const LOCKED = 'test/ops/incident/locked-desk.test.ts';
const DRIFT = 'test/ops/posture/drift.test.ts';
const SENDING = 'test/bot/sending-loop.test.ts';

/** By name of the alert. Those of this machine's disk, memory and load are caused by named readings: nobody fills a disk for a test. */
const TESTS: Readonly<Record<AlertCode, Shown>> = {
  ...machine('disk-low', 'disk-critical', 'inodes-low', 'memory-low', 'swap-full', 'load-high', 'alerts-waiting'),
  ...machine('backup-disk-low', 'backup-disk-full-soon'),
  'disk-full-soon': {
    fault: TABLE,
    silence: [
      'test/ops/disk-forecast.test.ts',
      'is not turned by one big file, one clean-up, or backups that come and go',
    ],
  },
  'bot-silent': of(HEALTH, 'what is wrong becomes an alert once, and ends when it is right again'),
  'homeserver-unreachable': of(HEALTH, 'what is wrong becomes an alert once, and ends when it is right again'),
  'homeserver-database-failing': of(HEALTH, 'a homeserver that answers from memory alone: its database is what fails'),
  'answering-unreachable': servers(),
  'embedding-unreachable': servers(),
  'index-unreachable': servers(),
  'certificate-ends': { fault: HOST, silence: WELL },
  'work-waiting': bot(),
  'replies-waiting': bot(),
  'one-time-keys-low': bot(),
  'device-unsigned': bot(),
  'backup-missing': of(HEALTH, 'that are set up and never made, counted from when they were'),
  'backup-old': of(HEALTH, 'that are old, or were not proven for long'),
  'backup-ahead': of(
    HEALTH,
    'of the future count for nothing, keep nothing quiet, and are told until they are gone or their time has come',
  ),
  'backup-unproven': of(HEALTH, 'that are old, or were not proven for long'),
  'host-silent': of(HEALTH, 'facts of more than an hour ago say only that they are old'),
  'clock-unsynchronised': { fault: HOST, silence: WELL },
  'failed-logins': { fault: HOST, silence: WELL },
  'api-guessing': {
    fault: ['test/bot/api/guard.test.ts', 'many wrong keys raise api-guessing, once'],
    silence: ['test/bot/api/guard.test.ts', 'a few wrong keys are no alarm'],
  },
  'address-banned': { fault: HOST, silence: WELL },
  'image-old': { fault: HOST, silence: WELL },
  'container-stopped': { fault: HOST, silence: WELL },
  'ssh-login': of(HEALTH, 'each new login is told once, and none that was there before the first look'),
  'container-restarted': of(HEALTH, 'a container that restarted by itself is told once for each look that found more'),
  'settings-changed': of(HEALTH, 'changed settings are told once, by name'),
  'second-way-failing': of(
    'test/ops/second-way.test.ts',
    'a way that fails is tried again, told of after three times, and keeps no other back',
  ),
  'alert-test': of(
    'test/ops/kinkeeper.test.ts',
    'sends a test by every way that is set up, and says what became of it',
  ),
  'ops-silent': of(
    'test/bot/housekeeping.test.ts',
    'ops that fell silent is told once, and its return; one that never ran is not missed, nor one that starts beside the bot',
  ),
  'job-failed': {
    fault: [RUNNER, 'that fails leaves one reference in record, alert and log, and no private text anywhere'],
    silence: [RUNNER, 'that goes well again ends the alert, and the next failure is news'],
  },
  'job-lost': {
    fault: [RUNNER, 'runs of a killed process become lost and are told once'],
    silence: [RUNNER, 'aborts what runs, records it as stopped without an alert, and lets nothing new begin'],
  },
  undecryptable: of(
    'test/bot/housekeeping.test.ts',
    'is tried again every half minute, and the alert ends when none waits any more',
  ),
  'no-signed-device': {
    fault: [
      SENDING,
      'a message whose reader has no signed device is told to the admins once, however often it is tried',
    ],
    silence: [SENDING, 'a message that waits for the server, or for somebody to be confirmed, is no alert of its own'],
  },
  'stranger-invite': {
    fault: ['test/bot/invites.test.ts', 'the invite of %s is refused unread, and the admin learns that it was'],
    silence: ['test/bot/invites.test.ts', 'a known person’s invite is accepted, once'],
  },
  'embedder-failing': of(
    'test/core/embed/background-embedder.test.ts',
    'raises one alert while the embedder is down, clears it when it is back, and then finishes',
  ),
  'index-failing': of(QDRANT, 'answers come from the sealed file, the admins hear of it, and nothing is lost'),
  'index-damaged': of(QDRANT, 'a text that Qdrant moved to another passage is noticed, and put right'),
  'model-failing': {
    fault: ['test/bot/watched-model.test.ts', 'a model that fails twice in a row is told of, and that it works again'],
    silence: [
      'test/bot/watched-model.test.ts',
      'a question that was stopped, and an answer now and then that fails, is nothing to tell',
    ],
  },
  'reader-unavailable': of(
    'test/bot/dispatcher.test.ts',
    'a machine that cannot read files safely is the admins’ business until it can',
  ),
  'identity-changed': {
    fault: [IDENTITIES, 'the first identity is kept, over a restart; another one waits, and is told once'],
    silence: [IDENTITIES, 'the known one, shown again, needs no word of an admin; the next change is news'],
  },
  'audit-broken': {
    fault: [
      'test/ops/audit.test.ts',
      'tells a trail that no longer continues the one reported, though it is whole in itself',
    ],
    silence: ['test/ops/audit.test.ts', 'reports where the trail stands, and not again while nothing is added'],
  },
  'backup-proven': of(
    'test/ops/backup/drill-job.test.ts',
    'a backup that proves itself is told with what it answered; without a new one nothing is said',
  ),
  'backup-copy-changed': {
    fault: ['test/ops/backup/send.test.ts', 'a copy that rotted at a remote is found, told, and sent again'],
    silence: ['test/ops/backup/send.test.ts', 'every backup goes to every remote once, newest first'],
  },
  'backup-copy-bad': {
    fault: [
      'test/ops/backup/drill-job.test.ts',
      'a remote that gives garbage, or nothing, stops no proof: the next place is taken, and the bad one told',
    ],
    silence: [
      'test/ops/backup/drill-job.test.ts',
      'a backup that proves itself is told with what it answered; without a new one nothing is said',
    ],
  },
  'drill-failed': {
    fault: [
      'test/ops/backup/drill-job.test.ts',
      'a backup that was damaged on the disk is told at once, leaves nothing behind, and the next good one ends the alert',
    ],
    silence: [
      'test/ops/backup/drill-job.test.ts',
      'a backup that proves itself is told with what it answered; without a new one nothing is said',
    ],
  },
  'remote-failing': {
    fault: [
      'test/ops/backup/send.test.ts',
      'a remote that fails stops no other, is an alert, and is served when it is back',
    ],
    silence: ['test/ops/backup/send.test.ts', 'every backup goes to every remote once, newest first'],
  },
  'evidence-sent': of(
    'test/ops/backup/send-beside.test.ts',
    'evidence goes to every remote too, which the ops room is told; of a rehearsal none',
  ),
  'backup-copy-missing': {
    fault: ['test/ops/backup/send.test.ts', 'a copy that somebody removed is told, and sent again while it is here'],
    silence: [
      'test/ops/backup/send.test.ts',
      'a kill between removing a file and its record is made good without an alert',
    ],
  },
  'update-done': { fault: [UPDATE, 'is told once: done'], silence: [UPDATE, 'is waited for, and not for ever'] },
  'update-returned': {
    fault: [UPDATE, 'is told with its reason: returned'],
    silence: [UPDATE, 'is waited for, and not for ever'],
  },
  'model-updated': {
    fault: [MODELS, 'a newer one that does no worse takes the place of the old one'],
    silence: [MODELS, 'with nothing newer nothing is fetched and nothing told'],
  },
  'model-returned': {
    fault: [MODELS, 'one that does worse is taken back, and not fetched again: it %s'],
    silence: [MODELS, 'with nothing newer nothing is fetched and nothing told'],
  },
  'checklist-drift': of(DRIFT, 'a line that passed and fails is told once, and that it passes again'),
  'checklist-blind': of(DRIFT, 'lines that were known and are not are told as one, until they are known again'),
  'outside-open': {
    fault: [LOCKED, 'in a lockdown the outside is closed and evidence is kept, without any key; unlocking opens again'],
    silence: [LOCKED, 'what a household lacks is told, what fails is told, and a restart does nothing twice'],
  },
  'outside-closed': {
    fault: [LOCKED, 'what a household lacks is told, what fails is told, and a restart does nothing twice'],
    silence: [
      LOCKED,
      'in a lockdown the outside is closed and evidence is kept, without any key; unlocking opens again',
    ],
  },
  'audit-anchor': {
    fault: ['test/ops/audit.test.ts', 'reports where the trail stands, and not again while nothing is added'],
    silence: ['test/ops/audit.test.ts', 'an empty trail is no news'],
  },
  'keys-changed': of(
    KEY_DESK,
    'everybody who waits gets a new key, the ops room hears of it, and an index is told whose changed',
  ),
  'key-change-failed': of(KEY_DESK, 'what fails is told, waits, and is tried again'),
  'erase-failing': {
    fault: [ERASING, 'is tried again after growing pauses, told to the admins without a word, and never passed over'],
    silence: [
      'test/bot/erase/erase-documents.test.ts',
      'all documents of a person go with everything made of them; the person, their settings and their chat stay',
    ],
  },
  'receipt-undelivered': {
    fault: [
      ERASING,
      'somebody who is in a room with others goes from everything but that room, and the receipt says so',
    ],
    silence: [ERASING, 'gets a receipt as the last words, which tells the truth and shows every change'],
  },
  'erased-again': {
    fault: [TOMBSTONES, 'an erased person does not come back with an older state folder'],
    silence: [TOMBSTONES, 'without its tombstones an older folder brings everybody back: that is what the file is for'],
  },
  'ended-again': of(TOMBSTONES, 'is at its end again: shares, forgotten papers, and all of somebody who forgot all'),
  'tombstones-damaged': {
    fault: [TOMBSTONES, 'admins hear of a tombstone file that is %s beside a control.db that knows more'],
    silence: [TOMBSTONES, 'an erased person does not come back with an older state folder'],
  },
  'clock-jumped': {
    fault: [
      'test/core/retention/trust-clock.test.ts',
      'does not believe a clock that is %i days off, tells the admins once, and is glad of the right one',
    ],
    silence: ['test/core/retention/trust-clock.test.ts', 'goes on with a clock that goes on, also over a night'],
  },
  'keys-older': of(
    'test/core/sqlite/watch-key-file.test.ts',
    'a keys.json of before the last change of the passphrase is told to the admins until a newer one is there',
  ),
  'store-damaged': of(
    'test/bot/damaged-store.test.ts',
    'a file that was put back while the bot was stopped ends the alert at its first use',
  ),
};

/** One test that shows both: the fault, and that nothing is (any more) told without it. */
function of(...named: Named): Shown {
  return { fault: named, silence: named };
}
function machine<const Codes extends AlertCode[]>(...codes: Codes): Record<Codes[number], Shown> {
  const shown: Shown = { fault: TABLE, silence: MACHINE };
  return Object.fromEntries(codes.map((code) => [code, shown])) as Record<Codes[number], Shown>;
}
function servers(): Shown {
  return of(HEALTH, 'servers of models and Qdrant that do not answer for minutes are told of, each');
}
function bot(): Shown {
  return {
    fault: [HEALTH, 'a bot that says that work waits, replies do not leave, keys run out and its device is unsigned'],
    silence: WELL,
  };
}

const CODES = Object.keys(ALERT_SHAPES) as AlertCode[];
const textOf = (file: string) => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8');

test.each(CODES)('%s has a test of its fault, and one of silence', (code) => {
  expect(Object.hasOwn(TESTS, code), `${code}: name its tests here`).toBe(true);
  for (const [file, title] of Object.values(TESTS[code])) expect(hasTest(file, title), `${file}: ${title}`).toBe(true);
  // The test of the fault, or what it is run with, names the alert.
  const [file] = TESTS[code].fault;
  expect(textOf(file)).toContain(code);
});

test('no test is named for an alert that is gone', () => {
  expect(Object.keys(TESTS).filter((code) => !CODES.includes(code as AlertCode))).toEqual([]);
});

test('every watch is raised by a reading, and left alone by one', () => {
  const table = textOf(HEALTH);
  for (const { code } of WATCHES) {
    expect(CODES, code).toContain(code);
    expect(table, `${code} raised`).toMatch(new RegExp(`\\['${code}', \\{.*\\}, true\\]`));
    const isQuiet = new RegExp(`\\['${code}', \\{.*\\}, (false|undefined)\\]`).test(table);
    expect(isQuiet || WATCHES_WITHOUT_EDGE.has(code), `${code} left alone`).toBe(true);
  }
});

/** Those that know no reading between well and ill. */
const WATCHES_WITHOUT_EDGE = new Set([
  ...['homeserver-unreachable', 'backup-disk-full-soon', 'embedding-unreachable', 'index-unreachable'],
  ...['address-banned', 'backup-unproven'],
]);
