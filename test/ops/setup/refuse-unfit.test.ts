import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Progress } from '../../../ops/setup/progress.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';
import { identityOf, refuseUnfit } from '../../../ops/setup/refuse-unfit.ts';

// What set-up must not begin, because it would harm what is there.

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-unfit-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

const PEOPLE = [{ name: 'ada', role: 'admin' }];

function bare(more: object = {}) {
  const answers = { kind: 'bare', serverName: 'home.example', homeserver: 'http://127.0.0.1:8008', people: PEOPLE };
  return checkAnswers({ ...answers, data, ...more }, 'test');
}

function look(answers = bare()): void {
  const host = { settings: join(folder, 'host.conf'), sealedMark: join(folder, 'applied') };
  refuseUnfit(answers, new Progress(join(answers.data, 'setup.json')), host);
}

test('a new folder, an empty one and a fresh volume are taken', () => {
  look();
  mkdirSync(join(data, 'lost+found'), { recursive: true });
  look();
});

test.each([
  '/etc',
  '/home',
  '/usr',
  '/srv',
  '/var/lib',
  '/etc/kinkeeper',
  '/usr/share/kin',
])('%s is a folder of the system, and refused', (system) => {
  expect(() => look(bare({ data: system }))).toThrow('is a folder of the system');
});

test('a folder with the things of somebody else is refused; one of a household is taken, also without its progress', () => {
  mkdirSync(data);
  writeFileSync(join(data, 'holiday.jpg'), '');
  expect(() => look()).toThrow('holiday.jpg lies there');
  mkdirSync(join(data, 'config'));
  writeFileSync(join(data, 'config', 'kinkeeper.yaml'), '');
  look();
});

test('a household is not made anew in the folder of a locked volume', () => {
  mkdirSync(data);
  writeFileSync(join(folder, 'applied'), '');
  expect(() => look()).toThrow('is locked');
  rmSync(data, { recursive: true });
  expect(() => look()).toThrow('is locked');
});

test.each([
  { name: 'serverName', more: { serverName: 'other.example' } },
  { name: 'bot', more: { bot: 'house' } },
])('another $name than that of the household is refused', ({ name, more }) => {
  mkdirSync(data);
  const progress = new Progress(join(data, 'setup.json'));
  progress.change({ household: identityOf(bare()), started: true });
  look();
  expect(() => look(bare(more))).toThrow(`${name}: `);
});

test('until accounts were made the bot may be called otherwise', () => {
  mkdirSync(data);
  const progress = new Progress(join(data, 'setup.json'));
  progress.change({ household: identityOf(bare()) });
  look(bare({ bot: 'house' }));
  progress.markDone({ act: 'accounts', key: '@kin:home.example' });
  expect(() => look(bare({ bot: 'house' }))).toThrow('bot: kin');
});

test('a household of before, whose run noted its bot alone, is known by that', () => {
  mkdirSync(data);
  new Progress(join(data, 'setup.json')).markDone({ act: 'rate-limit', key: '@kin:home.example' });
  look();
  expect(() => look(bare({ serverName: 'other.example' }))).toThrow('has the bot @kin:home.example');
});

test('another kind is refused', () => {
  mkdirSync(data);
  const compose = { kind: 'compose', serverName: 'home.example', host: 'chat.home.example', people: PEOPLE, data };
  new Progress(join(data, 'setup.json')).change({ household: identityOf(bare()) });
  expect(() => look(checkAnswers(compose, 'test'))).toThrow('kind: bare');
});

test('another folder than the one that the host’s tools know is refused, but not for processes beside them', () => {
  writeFileSync(join(folder, 'host.conf'), 'spool=/var/lib/kinkeeper-spool\ndata_dir=/srv/kinkeeper\n');
  expect(() => look()).toThrow(`lies in /srv/kinkeeper, not in ${data}`);
  look(bare({ start: 'detached' }));
});
