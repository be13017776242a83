import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { askAnswers } from '../../../ops/setup/ask-answers.ts';
import type { Asker } from '../../../ops/setup/asker.ts';
import { checkAnswers, readAnswers } from '../../../ops/setup/read-answers.ts';

const PEOPLE = [{ name: 'ada', role: 'admin' }];
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
    answers: { kind: 'compose', serverName: 'h.example', host: 'a b', people: PEOPLE },
    named: 'host',
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
    'ben cleo',
    '',
    '',
    '',
    'no',
    'updates ssh',
  ]);
  const answers = await askAnswers(asker, { say: () => undefined, fits: async () => 'qwen3:4b' });
  expect(answers).toMatchObject({
    kind: 'bare',
    data: '/srv/kinkeeper',
    homeserver: 'http://127.0.0.1:8008',
    start: 'systemd',
    bot: 'kin',
    makesAccounts: false,
    hardening: ['updates', 'ssh'],
    people: [
      { name: 'ada', role: 'admin' },
      { name: 'ben', role: 'member' },
      { name: 'cleo', role: 'member' },
    ],
  });
  expect(asker.asked.join('\n')).not.toContain('WireGuard');
});

test('the wizard asks again for what cannot be used, in German too, and only for that', async () => {
  const said: string[] = [];
  const asker = typing([
    'de',
    'bare',
    '',
    'Home Example',
    '',
    '',
    '',
    'Ada',
    '',
    '',
    '',
    '',
    '',
    '',
    'home.example',
    'ada',
    '',
  ]);
  const answers = await askAnswers(asker, { say: (line) => said.push(line), fits: async () => 'none' });
  expect(answers).toMatchObject({
    language: 'de',
    serverName: 'home.example',
    people: [{ name: 'ada', language: 'de' }],
  });
  expect(said.join('\n')).toContain('Das geht nicht');
  expect(asker.asked.slice(-3).map((question) => question.slice(0, 10))).toEqual([
    'Die Domain',
    'Dein eigen',
    'Namen der ',
  ]);
});

test('the wizard names the model that fits, and asks for the way in only where devices want one', async () => {
  const asker = typing([
    'en',
    '',
    '',
    'home.example',
    'chat.home.example',
    '',
    'adas-phone',
    '203.0.113.7',
    'ada',
    '',
    '',
    '',
    '',
    '',
    '',
  ]);
  const answers = await askAnswers(asker, { say: () => undefined, fits: async () => 'qwen3:1.7b' });
  expect(answers).toMatchObject({ kind: 'compose', devices: ['adas-phone'], endpoint: '203.0.113.7', model: 'auto' });
  expect(answers).toMatchObject({ makesAccounts: true, hardening: [] });
  expect(asker.asked.find((question) => question.includes('Which model'))).toContain('here qwen3:1.7b');
});

test.each(['compose', 'bare'])('the example of a %s household is taken', (kind) => {
  expect(readAnswers(fileURLToPath(new URL(`../../../config/answers.${kind}.yaml`, import.meta.url)))).toMatchObject({
    kind,
  });
});
