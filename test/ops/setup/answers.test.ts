import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type AskParts, askAnswers } from '../../../ops/setup/ask-answers.ts';
import { askYesOrNo } from '../../../ops/setup/ask-yes-or-no.ts';
import type { Asker } from '../../../ops/setup/asker.ts';
import { keepDraft, readDraft } from '../../../ops/setup/draft.ts';
import { type Given, givenOf } from '../../../ops/setup/questions.ts';
import { checkAnswers, readAnswers } from '../../../ops/setup/read-answers.ts';

const PEOPLE = [{ name: 'ada', role: 'admin' }];
const CONTAINERS = { kind: 'compose', serverName: 'h.example', host: 'chat.h.example', people: PEOPLE };
const BARE = { kind: 'bare', serverName: 'home.example', homeserver: 'http://127.0.0.1:8008', people: PEOPLE };

test.each([
  { wrong: 'an unknown kind', answers: { ...BARE, kind: 'cloud' }, named: 'kind' },
  { wrong: 'a typing error in a key', answers: { ...BARE, serverNam: 'x' }, named: 'serverNam' },
  { wrong: 'no admin', answers: { ...BARE, people: [{ name: 'ada' }] }, named: 'people' },
  { wrong: 'a name twice', answers: { ...BARE, people: [...PEOPLE, { name: 'ada' }] }, named: 'people' },
  {
    wrong: 'a name with capitals',
    answers: { ...BARE, people: [{ name: 'Ada', role: 'admin' }] },
    named: 'people.0.name',
  },
  { wrong: 'the bot named like a person', answers: { ...BARE, bot: 'ada' }, named: 'bot' },
  { wrong: 'a relative folder', answers: { ...BARE, data: 'data' }, named: 'data' },
  { wrong: 'a folder with ..', answers: { ...BARE, data: '/srv/../etc' }, named: 'data' },
  { wrong: 'a folder with a quote', answers: { ...BARE, data: "/srv/a'b" }, named: 'data' },
  { wrong: 'a folder with a $', answers: { ...BARE, data: '/srv/$HOME' }, named: 'data' },
  { wrong: 'a folder with a /', answers: { ...BARE, data: '/srv//a' }, named: 'data' },
  { wrong: 'a homeserver without http', answers: { ...BARE, homeserver: 'home.example' }, named: 'homeserver' },
  {
    wrong: 'containers on a name with blanks',
    answers: { ...CONTAINERS, host: 'a b' },
    named: 'host',
  },
  { wrong: 'an account of Podman with Docker', answers: { ...CONTAINERS, podmanAccount: 'kin' }, named: 'engine' },
  {
    wrong: 'an account of Podman that is no name',
    answers: { ...CONTAINERS, engine: 'podman', podmanAccount: '../root' },
    named: 'podmanAccount',
  },
])('answers with $wrong are refused, and the place is named', ({ answers, named }) => {
  expect(() => checkAnswers(answers, 'answers.yaml')).toThrow(named);
});

/** A person who types these lines; what they were asked is kept. */
function typing(lines: readonly string[]): Asker & { readonly asked: string[] } {
  const rest = [...lines];
  const asked: string[] = [];
  return {
    asked,
    line: async (question) => {
      asked.push(question);
      const next = rest.shift();
      if (next === undefined) throw new Error(`nothing was typed for "${question}"`);
      return next;
    },
    close: () => undefined,
  };
}

function parts(more: Partial<AskParts> = {}): AskParts & { readonly said: string[]; readonly kept: Given[] } {
  const said: string[] = [];
  const kept: Given[] = [];
  return {
    ...{ said, kept, say: (line) => said.push(line), keep: (given) => kept.push(given) },
    ...{ fits: async () => 'qwen3:4b', hasSystemd: true, defaults: {}, answersIn: () => undefined },
    ...more,
  };
}

test('the wizard asks what the kind needs, and Enter takes the default', async () => {
  const asker = typing([
    'en',
    'bare',
    '',
    'home.example',
    '',
    '',
    '',
    'ada',
    'ben cleo:de',
    '',
    '',
    '',
    'no',
    'updates ssh',
  ]);
  const answers = await askAnswers(asker, parts());
  expect(answers).toMatchObject({
    kind: 'bare',
    data: '/srv/kinkeeper',
    homeserver: 'http://127.0.0.1:8008',
    start: 'systemd',
    bot: 'kin',
    makesAccounts: false,
    hardening: ['updates', 'ssh'],
    people: [
      { name: 'ada', role: 'admin', language: 'en' },
      { name: 'ben', role: 'member', language: 'en' },
      { name: 'cleo', role: 'member', language: 'de' },
    ],
  });
  expect(asker.asked.join('\n')).not.toContain('WireGuard');
});

test('an answer that cannot be used is asked for again at once, in the language of the wizard, and nothing that follows from it is left out', async () => {
  const asker = typing([
    ...['fr', 'de', 'Deutsch?', 'bare', '', 'Home Example', 'home.example', '', '', 'detached', 'My Family', 'ada'],
    ...['ben ben', 'ben', '', '', '', ''],
  ]);
  const wizard = parts();
  const answers = await askAnswers(asker, { ...wizard, hasSystemd: false });
  expect(answers).toMatchObject({
    language: 'de',
    serverName: 'home.example',
    start: 'detached',
    people: [{ name: 'ada', language: 'de' }, { name: 'ben' }],
  });
  expect(wizard.said.slice(1)).toEqual([
    'Das geht nicht. Bitte tippe compose oder bare.',
    'Das geht nicht. Bitte tippe eine Domain aus Kleinbuchstaben, etwa home.example.',
    expect.stringContaining('einen Namen aus Kleinbuchstaben'),
    expect.stringContaining('jeden einmal'),
  ]);
  expect(asker.asked.find((question) => question.startsWith('Wie sollen Bot'))).toContain('[detached]');
});

test('without systemd it cannot be chosen', async () => {
  const asker = typing(['en', 'bare', '', 'home.example', '', '', 'systemd', '', 'ada', '', '', '', '', '']);
  const wizard = parts({ hasSystemd: false });
  expect(await askAnswers(asker, wizard)).toMatchObject({ start: 'detached' });
  expect(wizard.said.join('\n')).toContain('no systemd here');
});

test('a bot that is named like a person is asked for again', async () => {
  const asker = typing(['en', 'bare', '', 'home.example', '', '', '', 'ada', '', 'ada', 'kin', '', '', '', '']);
  expect(await askAnswers(asker, parts())).toMatchObject({ bot: 'kin' });
});

test('each answer is kept as it is given, and is the default of the next run', async () => {
  const first = parts();
  await expect(askAnswers(typing(['en', 'bare', '/data', 'home.example']), first)).rejects.toThrow('nothing was typed');
  const defaults = first.kept.at(-1)!;
  expect(defaults).toEqual({ language: 'en', kind: 'bare', data: '/data', serverName: 'home.example' });
  const second = typing(['', '', '', '', '', '', '', 'ada', '', '', '', '', '', '']);
  expect(await askAnswers(second, parts({ defaults }))).toMatchObject({
    kind: 'bare',
    data: '/data',
    serverName: 'home.example',
  });
});

test('answers of a file are the defaults of a wizard that comes to the same ones', async () => {
  for (const kind of ['compose', 'bare']) {
    const file = fileURLToPath(new URL(`../../../config/answers.${kind}.yaml`, import.meta.url));
    const answers = readAnswers(file);
    const asker = { line: async () => '', close: () => undefined };
    const again = await askAnswers(asker, parts({ defaults: givenOf(answers) }));
    expect(again).toEqual({ ...answers, people: again.people });
    expect(again.people.map(({ name, language }) => `${name} ${language}`)).toEqual(
      answers.people.map(({ name, language }) => `${name} ${language}`),
    );
  }
});

test('a household on Podman stays one, though the wizard does not ask for it', async () => {
  const file = fileURLToPath(new URL('../../../config/answers.compose.yaml', import.meta.url));
  const podman = { engine: 'podman', podmanAccount: 'kin' } as const;
  const defaults = givenOf({ ...readAnswers(file), ...podman } as Parameters<typeof givenOf>[0]);
  const asker = { line: async () => '', close: () => undefined };
  expect(await askAnswers(asker, parts({ defaults }))).toMatchObject(podman);
});

test('a default can be emptied', async () => {
  const asker = typing(['', '', '', '', '', '', '', '', '-', '', '', '', '', '-']);
  const defaults = { kind: 'bare', serverName: 'home.example', admin: 'ada', members: 'ben', hardening: 'ssh' };
  expect(await askAnswers(asker, parts({ defaults }))).toMatchObject({ people: [{ name: 'ada' }], hardening: [] });
});

test('the wizard names the model that fits, and asks for the way in only where devices want one', async () => {
  const asker = typing([
    ...['en', '', '', 'home.example', 'chat.home.example', '', 'adas-phone', '', '203.0.113.7'],
    ...['/etc/chain.pem /etc/key.pem', 'Europe/Berlin', 'element', 'ada', '', '', '', '', '', ''],
  ]);
  const answers = await askAnswers(asker, parts({ fits: async () => 'qwen3:1.7b' }));
  expect(answers).toMatchObject({ kind: 'compose', devices: ['adas-phone'], endpoint: '203.0.113.7', model: 'auto' });
  expect(answers).toMatchObject({ makesAccounts: true, hardening: [] });
  expect(answers).toMatchObject({
    certificate: { chain: '/etc/chain.pem', key: '/etc/key.pem' },
    timeZone: 'Europe/Berlin',
    profiles: ['element'],
  });
  expect(asker.asked.find((question) => question.includes('Which model'))).toContain('here qwen3:1.7b');
});

test('a household that lies in the folder for data is asked for nothing that it answered before', async () => {
  const laid = checkAnswers(
    {
      ...BARE,
      language: 'de',
      data: '/moved/from',
      bot: 'hausgeist',
      people: [...PEOPLE, { name: 'ben', language: 'de' }],
    },
    'test',
  );
  const answersIn = (folder: string) => ({ file: `${folder}/answers.yaml`, answers: { ...laid, data: folder } });
  const taking = typing(['en', 'bare', '/data/kin', '']);
  expect(await askAnswers(taking, parts({ answersIn }))).toEqual({ ...laid, data: '/data/kin' });
  expect(taking.asked.at(-1)).toContain('Take its answers as they are (/data/kin/answers.yaml)?');
  const changing = typing(['en', 'bare', '/data/kin', 'no', '', '', '', '', '', '', 'hauskobold', '', '', '', '']);
  const wizard = parts({ answersIn, defaults: { data: '/srv/kinkeeper', bot: 'kin', serverName: 'other.example' } });
  const changed = await askAnswers(changing, wizard);
  expect(changed).toMatchObject({ data: '/data/kin', serverName: 'home.example', homeserver: 'http://127.0.0.1:8008' });
  // The wizard speaks English to this admin; Ben goes on in German.
  expect(changed.people).toEqual([
    { name: 'ada', role: 'admin', language: 'en' },
    { name: 'ben', role: 'member', language: 'de' },
  ]);
  expect(changed.bot).toBe('hauskobold');
  // What was kept of that is not asked for a second time.
  const again = typing(changing.asked.filter((question) => !question.startsWith('A household lies')).map(() => ''));
  expect(await askAnswers(again, parts({ answersIn, defaults: wizard.kept.at(-1)! }))).toEqual(changed);
});

test.each([
  { language: 'en', shown: '[yes]', typed: 'n', makes: false, next: '[no]' },
  { language: 'en', shown: '[yes]', typed: '', makes: true, next: '[yes]' },
  { language: 'de', shown: '[ja]', typed: 'j', makes: true, next: '[ja]' },
  { language: 'de', shown: '[ja]', typed: 'Nein', makes: false, next: '[nein]' },
  { language: 'de', shown: '[ja]', typed: 'true', makes: true, next: '[ja]' },
])('a choice between yes and no is shown as $shown, and taken as “$typed”', async ({
  language,
  shown,
  typed,
  makes,
  next,
}) => {
  const before = [language, 'bare', '', 'home.example', '', '', 'detached', 'ada', '', '', '', ''];
  const first = typing([...before, typed]);
  const wizard = parts();
  expect(await askAnswers(first, wizard)).toMatchObject({ makesAccounts: makes });
  expect(first.asked.at(-1)).toMatch(/\(yes\/no\)|\(ja\/nein\)/);
  expect(first.asked.at(-1)).toContain(shown);
  const again = typing(before.map(() => '').concat(''));
  expect(await askAnswers(again, parts({ defaults: wizard.kept.at(-1)! }))).toMatchObject({ makesAccounts: makes });
  expect(again.asked.at(-1)).toContain(next);
});

test('yes and no are asked for until they come', async () => {
  const said: string[] = [];
  const how = { language: 'en', say: (line: string) => said.push(line) } as const;
  expect(await askYesOrNo(typing(['ok', '', 'maybe', 'yes']), 'Shall I?', how)).toBe(true);
  expect(said).toHaveLength(3);
  expect(await askYesOrNo(typing(['nein']), 'Shall I?', how)).toBe(false);
  expect(await askYesOrNo(typing(['']), 'Shall I?', { ...how, enter: true })).toBe(true);
});

test('a draft is kept for its owner alone, and one that cannot be read is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-draft-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'draft.json');
  expect(readDraft(file)).toBeUndefined();
  keepDraft(file, { language: 'de', kind: 'bare' });
  expect(readDraft(file)).toEqual({ language: 'de', kind: 'bare' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '{');
  expect(readDraft(file)).toBeUndefined();
});

test.each([
  { answers: { ...BARE, kind: 'cloud' }, says: 'kind: expected compose or bare' },
  { answers: { people: PEOPLE }, says: 'kind: is missing; expected compose or bare' },
  { answers: { ...BARE, modle: 'auto' }, says: 'modle: is not known. Did you mean model?' },
  { answers: { ...BARE, hots: 'x' }, says: 'hots: is not known. The examples' },
  { answers: { ...BARE, wallpaper: 'x' }, says: 'wallpaper: is not known. The examples' },
  {
    answers: { ...BARE, people: [{ ...PEOPLE[0], langauge: 'de' }] },
    says: 'people.0.langauge: is not known. Did you mean language?',
  },
  { answers: { ...BARE, serverName: undefined }, says: 'serverName: is missing; expected a domain' },
  { answers: { ...BARE, backupKey: 'yes' }, says: 'backupKey: expected make, none, or the path' },
  {
    answers: { ...BARE, people: [...PEOPLE, { name: 'My Family' }] },
    says: 'people.1.name (“My Family”): expected a name of small letters',
  },
])('a fault in a file says what is wrong: $says', ({ answers, says }) => {
  expect(() => checkAnswers(answers, 'answers.yaml')).toThrow(says);
});

test('faults are told in the language of the answers, all of them, and none is left in English', () => {
  const all = {
    ...{ kind: 'compose', language: 'de', hosts: 'x', people: [{ name: 'Ada', role: 'chief', language: 'fr' }] },
    ...{ data: 3, serverName: 'A b', reach: 'all', certificate: 'mine', devices: ['A'], endpoint: 'a b' },
    ...{ timeZone: 'Mars', profiles: ['x'], bot: 'A', model: 'GPT 9', backupKey: 'x', makesAccounts: 'ja' },
    ...{ hardening: ['all'] },
  };
  const said = faultsIn(all);
  expect(said[0]).toBe('--answers: answers.yaml ist nicht zu gebrauchen:');
  expect(said).toContain('  hosts: gibt es nicht. Meintest du host?');
  expect(said).toContain('  host: fehlt; erwartet: ein Name wie chat.home.example');
  expect(said).toContain(
    '  people.0.name (“Ada”): erwartet: ein Name aus Kleinbuchstaben (a-z) und Ziffern, nicht aus Ziffern allein, etwa ada',
  );
  expect(said).toContain('  people.0.language: erwartet: en oder de');
  expect(said).toHaveLength(19);
  expect(faultsIn({ ...BARE, language: 'de', kind: 'cloud' })).toContain('  kind: erwartet: compose oder bare');
  for (const line of said) expect(line).not.toMatch(/expected|missing|invalid|known|etwas anderes/i);
  const clashes = faultsIn({
    ...{ kind: 'compose', language: 'de', serverName: 'h.example', host: 'c.h.example', devices: ['a'] },
    ...{ people: [{ name: 'kin' }, { name: 'kin' }], model: 'gpt' },
  });
  expect(clashes.slice(1)).toEqual([
    '  people: erwartet: wenigstens eine Person mit role: admin',
    '  people: erwartet: jeder Name nur einmal',
    '  bot: erwartet: ein Name, den keine der Personen hat',
    '  endpoint: fehlt; die Geräte brauchen es: ein Name oder eine Adresse, etwa 203.0.113.7',
    expect.stringContaining('  model: erwartet: auto, none oder eines von qwen3'),
  ]);
  const detached = { ...BARE, language: 'de', start: 'detached', hardening: ['time'] };
  expect(faultsIn(detached)[1]).toBe('  hardening: erwartet: start: systemd dazu, oder keine Maßnahmen');
  const folder = mkdtempSync(join(tmpdir(), 'kin-answers-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'answers.yaml');
  writeFileSync(file, 'language: de\nkind: [compose\n');
  expect(() => readAnswers(file)).toThrow(/^--answers: Zeile \d von .* ist kein gültiges YAML/);
});

/** What is said of answers that cannot be used, line by line. */
function faultsIn(answers: unknown): string[] {
  try {
    checkAnswers(answers, 'answers.yaml');
  } catch (thrown) {
    return (thrown as Error).message.split('\n');
  }
  return [];
}

test.each(['42', '_ada', 'Ada', ''])('a person cannot be called %j: the homeserver takes no such name', (name) => {
  const answers = { ...BARE, people: [{ name, role: 'admin' }] };
  expect(() => checkAnswers(answers, 'test')).toThrow('not of digits alone');
});

test.each(['compose', 'bare'])('the example of a %s household is taken', (kind) => {
  expect(readAnswers(fileURLToPath(new URL(`../../../config/answers.${kind}.yaml`, import.meta.url)))).toMatchObject({
    kind,
  });
});
