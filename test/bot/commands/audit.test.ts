import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../../bot/commands/index.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { AUDITED } from '../../../bot/wording/facts/audit.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function reply(person: string, place: 'direct' | 'ops', line: string): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  return (await runCommand({ name, args: rest.join(' '), place, caller: home.callerOf(person) }, home.services)).text;
}

function keep(person: string, source: string): void {
  home.state.vault.write(home.callerOf(person), (writer) =>
    writer.addDocument(sampleDocument(source, { name: 'Secret diary.pdf' }), [samplePassage(0, 'text')]),
  );
}

test('a person sees what they did and what was done to them, in words and without names of files', async () => {
  for (const source of ['$1', '$2', '$3']) keep(CEM, source);
  expect(await reply(CEM, 'direct', 'audit')).toMatch(/^Nothing is noted about you yet/);
  await reply(CEM, 'direct', 'forget 1 3');
  await expect(reply(CEM, 'direct', 'forget 9')).rejects.toThrow();
  await reply(ADA, 'ops', `people add ${CEM} admin`);
  await reply(ADA, 'ops', `people add @eve:home.test`);
  const shown = (await reply(CEM, 'direct', 'audit')).split('\n');
  expect(shown[0]).toBe('**The latest 3 things noted about you**');
  expect(shown[2]).toMatch(/: `@ada:home.test` let you in as an admin$/);
  expect(shown[3]).toMatch(/: you forgot document 9 – \*\*refused\*\*, so it was not done$/);
  expect(shown[4]).toMatch(/: you forgot documents 1 and 3$/);
  expect(shown.join('\n')).not.toMatch(/@eve|diary|Secret/);
});

test('nobody sees what is noted about others, and German has words of its own', async () => {
  keep(CEM, '$1');
  await reply(CEM, 'direct', 'forget 1');
  keep(BEN, '$2');
  await reply(BEN, 'direct', 'vergiss 1');
  const shown = await reply(BEN, 'direct', 'protokoll');
  expect(shown).toContain('**Was über dich notiert ist**');
  expect(shown).toMatch(/du – Dokument 1 vergessen lassen$/m);
  expect(shown).not.toContain('cem');
});

test('acts of the product itself are told in words, unknown ones by their name', async () => {
  const { tenant } = home.callerOf(CEM);
  for (const action of ['people.seeded', 'moon.phase']) {
    home.state.control.audit.append({ at: 1, actor: 'system', action, target: tenant, outcome: 'done' });
  }
  const shown = await reply(CEM, 'direct', 'audit');
  expect(shown).toMatch(/I myself let you in by the settings file$/m);
  expect(shown).toMatch(/I myself did “moon\.\u2060phase”$/m);
});

test('uses of an API key are told with their times, where those are not the time of the row', async () => {
  const { tenant, person: actor } = home.callerOf(CEM);
  const [from, to, at] = [5, 40, 65].map((minutes) => Date.parse('2026-11-03T12:00:00Z') + minutes * 60_000);
  const note = (target: string) =>
    home.state.control.audit.append({ at: at!, actor, action: 'api.used', target, outcome: 'done' });
  const iso = (...times: (number | undefined)[]) => times.map((time) => new Date(time!).toISOString()).join('/');
  note(`${tenant}/2 ask:1,upload:12 ${iso(from, to)}`);
  note(`${tenant}/2 upload:1 ${iso(from, from)}`);
  note(`${tenant}/2 upload:1 ${iso(at, at)}`);
  // As rows were written before they held times.
  note(`${tenant}/2 upload:2`);
  const [first, last] = [from!, to!].map((time) => FORMATS.en.shortMoment(time));
  const shown = (await reply(CEM, 'direct', 'audit')).split('\n').slice(2, 6);
  expect(shown.map((line) => line.replace(/^.*?:\d\d: /, ''))).toEqual([
    'you used API key 2: 2 papers sent',
    'you used API key 2: 1 paper sent',
    `you used API key 2: 1 paper sent (${first})`,
    `you used API key 2: 1 question and 12 papers sent (first ${first}, last ${last})`,
  ]);
  const ben = home.callerOf(BEN);
  const target = `${ben.tenant}/1 ask:4 ${iso(from, to)}`;
  home.state.control.audit.append({ at: at!, actor: ben.person, action: 'api.used', target, outcome: 'done' });
  expect(await reply(BEN, 'direct', 'protokoll')).toContain('API-Schlüssel 1 benutzt: 4 Fragen (zuerst ');
});

test('every act that a person may find there has words, in both languages', async () => {
  const { tenant, person } = home.callerOf(BEN);
  const note = (action: string, target: string, actor: string = person) =>
    home.state.control.audit.append({ at: 1, actor, action, target, outcome: 'done' });
  note('command.share', `${tenant}/3 ${CEM}`);
  note('command.unshare', `${tenant}/share 2`);
  note('command.retention', `${tenant} chat`);
  note('command.export', tenant);
  note('data.imported', tenant, 'shell');
  note('command.people-add', `${person} admin`, ADA);
  const shown = (await reply(BEN, 'direct', 'protokoll')).split('\n').slice(2, 8);
  expect(shown.map((line) => line.replace(/^.*?:\d\d: /, '').replaceAll('`', ''))).toEqual([
    '@ada:home.test – dich hereingelassen, als Admin',
    'jemand an der Konsole des Servers – den Inhalt eines Exports aufgenommen',
    'du – alles exportiert',
    'du – geändert, wie lange unser Gespräch aufbewahrt wird',
    'du – die Leihe L2 beendet',
    'du – Dokument 3 an @cem:home.test verliehen',
  ]);
  const audited = COMMANDS.filter((command) => command.audit !== null).map(({ name }) => name);
  expect([...AUDITED].sort()).toEqual(audited.sort());
});

test('the trail is verified in the ops room, and the first row that does not fit is named', async () => {
  await reply(ADA, 'ops', 'people add @eve:home.test');
  await reply(ADA, 'ops', 'people remove @eve:home.test');
  expect(await reply(ADA, 'ops', 'audit verify')).toMatch(/whole: 2 rows\.\nSeal of the last row: `[0-9a-f]{64}`$/);
  expect(await reply(CEM, 'ops', 'audit verify')).toBe('Only an admin may do that.');
  const masterKey = await unlockMasterKey(join(home.stateDir, 'keys.json'), PASSPHRASE);
  const db = openEncrypted(join(home.stateDir, 'control.db'), deriveKey(masterKey, 'control.db'));
  db.exec(`DROP TRIGGER audit_no_update; UPDATE audit SET outcome = 'refused' WHERE id = 2`);
  db.close();
  expect(await reply(ADA, 'ops', 'audit verify')).toMatch(/does not fit at row 2\./);
});
