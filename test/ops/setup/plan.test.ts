import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import type { Plan, PlanFacts } from '../../../ops/setup/plan/plan.ts';
import { planSetup } from '../../../ops/setup/plan/plan-setup.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';

const ROOT: PlanFacts = {
  self: { uid: 0, gid: 0 },
  node: '/usr/bin/node',
  product: '/opt/kinkeeper',
  model: 'qwen3:4b',
};

const BARE = {
  kind: 'bare',
  serverName: 'home.example',
  homeserver: 'http://127.0.0.1:8008',
  people: [
    { name: 'ada', role: 'admin' },
    { name: 'ben', language: 'de' },
  ],
};

function planned(answers: object, facts: PlanFacts = ROOT): Plan {
  return planSetup(checkAnswers(answers, 'test'), facts);
}

/** A plan as a text that a person can compare. */
function shown({ folders, secrets, files, acts }: Plan): string {
  const access = ({ mode, owner }: Plan['folders'][number]) => `${mode.toString(8)} ${owner.uid}:${owner.gid}`;
  return [
    ...folders.map((one) => `folder ${one.path} ${access(one)}`),
    ...secrets.map((one) => `secret ${one.path} ${access(one)} ${JSON.stringify(one.make)}`),
    ...acts.map(({ act }) => `act ${act}`),
    ...files.map((one) => `\nfile ${one.path} ${access(one)}\n${one.content}`),
  ].join('\n');
}

test('a household beside a Synapse, as root', async () => {
  await expect(shown(planned(BARE))).toMatchFileSnapshot('golden/bare.txt');
});

test('the same as an ordinary account: everything belongs to it, and no service is written', () => {
  const plan = planned(
    { ...BARE, start: 'detached', data: '/home/ada/kin' },
    { ...ROOT, self: { uid: 1000, gid: 1000 } },
  );
  const owners = [...plan.folders, ...plan.secrets, ...plan.files].map(({ owner }) => owner.uid);
  expect(new Set(owners)).toEqual(new Set([1000]));
  expect(plan.files.map(({ path }) => path)).toEqual(['/home/ada/kin/config/kinkeeper.yaml']);
});

test('the same answers are the same plan, and no file holds a secret', () => {
  expect(planned(BARE)).toEqual(planned(BARE));
  expect(shown(planned(BARE))).not.toMatch(/password: |passphrase: /i);
});

test.each([
  { name: 'bare', answers: BARE },
  { name: 'bare, without backups and model', answers: { ...BARE, backupKey: 'none', model: 'none' } },
  { name: 'bare, with a named model', answers: { ...BARE, model: 'qwen3:4b', apiListen: '' } },
])('the product takes the settings: $name', ({ answers }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { files, settingsFile } = planned({ ...answers, data: folder });
  const file = join(folder, 'kinkeeper.yaml');
  writeFileSync(file, files.find(({ path }) => path === settingsFile)!.content);
  const { config } = loadConfig({ file, env: {}, secrets: [] });
  expect(config.people).toMatchObject([
    { id: '@ada:home.example', role: 'admin' },
    { id: '@ben:home.example', role: 'member', language: 'de' },
  ]);
});

test('what changes in the answers is done again, and nothing else', () => {
  const keys = (plan: Plan) => Object.fromEntries(plan.acts.map(({ act, key }) => [act, key]));
  const before = keys(planned(BARE));
  const after = keys(planned({ ...BARE, people: [...BARE.people, { name: 'cleo' }] }));
  const changed = Object.keys(after).filter((act) => after[act] !== before[act]);
  expect(changed).toEqual(['accounts', 'start', 'first-message']);
});
