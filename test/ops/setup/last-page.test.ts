import { expect, test } from 'vitest';
import { lastPage } from '../../../ops/setup/last-page.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';

const plan = (language: 'en' | 'de') => ({
  answers: checkAnswers(
    {
      ...{ kind: 'bare', language, serverName: 'home.test', homeserver: 'http://127.0.0.1:8008' },
      people: [{ name: 'ada', role: 'admin' }],
    },
    'test',
  ),
  settingsFile: '/srv/kinkeeper/config/kinkeeper.yaml',
});

const page = (language: 'en' | 'de', later?: Parameters<typeof lastPage>[0]['later']) =>
  lastPage({ plan: plan(language), product: '/opt/kinkeeper', tookMs: 61_000, later });

test('the first time an admin is told to write down the recovery keys, and how to get in', () => {
  expect(page('en')).toMatch(/Log in as @ada:home\.test[\s\S]*Write down the two recovery keys/);
  expect(page('de')).toMatch(/als @ada:home\.test an[\s\S]*Schreib die beiden Schlüssel auf/);
});

test('a later run says what changed and what follows from it, and nothing of new keys', () => {
  const later = { changes: ['~ file    /srv/kinkeeper/config/kinkeeper.yaml', '> Start bot and ops'], people: ['ben'] };
  expect(page('en', later).split('\n')).toEqual([
    expect.stringContaining('What changed:'),
    '  ~ file    /srv/kinkeeper/config/kinkeeper.yaml',
    '  > Start bot and ops',
    'Hand over the set-up cards that stand above: ben.',
    expect.stringMatching(/^Nothing else has to be done.*doctor/),
  ]);
  const unchanged = page('de', { changes: [], people: [] });
  expect(unchanged).not.toMatch(/geändert|karte|Schreib/);
  expect(unchanged).toContain('doctor');
});
