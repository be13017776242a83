import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BOT_MIGRATIONS } from '../../../bot/matrix/bot-migrations.ts';
import type { PersonId } from '../../../core/caller.ts';
import { systemClock } from '../../../core/clock.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { type ReleasedState, STATES_DIR, STATES_PASSPHRASE } from '../../fixtures/released-state.ts';
import { gramsOf } from './sample-documents.ts';

const VERSIONS = readdirSync(STATES_DIR);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-released-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('there is a state of a released version', () => {
  expect(VERSIONS).toContain('0.1.0');
});

describe.each(VERSIONS)('the state folder that version %s made', (version) => {
  const expected = JSON.parse(readFileSync(join(STATES_DIR, version, 'expected.json'), 'utf8')) as ReleasedState;
  const open = () => {
    if (!existsSync(join(folder, 'state')))
      cpSync(join(STATES_DIR, version, 'state'), join(folder, 'state'), { recursive: true });
    const options = { stateDir: join(folder, 'state'), passphrase: STATES_PASSPHRASE, clock: systemClock };
    return openState({ ...options, create: false });
  };

  test('opens, and holds what it held', async () => {
    using state = await open();
    const { people, alerts, facts, audit } = state.control;
    expect(people.list().map(({ id, role }) => ({ id, role }))).toEqual(expected.people);
    const kept = state.vault.read(people.callerFor(expected.people[0]!.id as PersonId)!, (reader) => ({
      documents: reader
        .documents()
        .map(({ number, name }) => ({ name, texts: reader.passagesOf(number).map(({ text }) => text) })),
      turns: reader.memorySize().turns,
      found: reader.lexical(gramsOf('deposit'), 3).length,
    }));
    expect(kept).toEqual({ documents: expected.documents, turns: expected.turns, found: 1 });
    expect(alerts.recent(10).map(({ code }) => code)).toEqual(expected.alerts);
    expect(facts.get('fixture')).toBe(expected.fact);
    expect(() => audit.verify()).not.toThrow();
  });

  test('is of the newest schema afterwards, bot.db too, and opens again', async () => {
    const botKey = await open().then((state) => {
      using opened = state;
      return Buffer.from(opened.botKey);
    });
    const db = openEncrypted(join(folder, 'state', 'bot.db'), botKey, { mustExist: true });
    migrate(db, BOT_MIGRATIONS);
    expect(db.pragma('user_version', { simple: true })).toBe(BOT_MIGRATIONS.length);
    db.close();
    using again = await open();
    expect(again.control.people.list().length).toBe(expected.people.length);
  });
});
