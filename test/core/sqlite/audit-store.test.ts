import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHECKPOINT, concerns } from '../../../core/audit.ts';
import { readAnchor } from '../../../core/audit-anchor.ts';
import type { PersonId, TenantId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

const ADA = '@ada:home.test' as PersonId;
const TENANT = 'a'.repeat(32) as TenantId;
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let raw: Database.Database;

beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
  const masterKey = await unlockMasterKey(join(place.stateDir, 'keys.json'), PASSPHRASE);
  raw = openEncrypted(join(place.stateDir, 'control.db'), deriveKey(masterKey, 'control.db'));
});
afterEach(() => {
  raw.close();
  state[Symbol.dispose]();
  place.remove();
});

function fill(from: number, to: number): void {
  for (let at = from; at <= to; at++) {
    state.control.audit.append({ at, actor: ADA, action: 'people.add', target: `x${at}`, outcome: 'done' });
  }
}

const broken = (row: number) => expect.objectContaining({ code: 'internal', reason: 'audit-broken', facts: { row } });
const unguarded = () => raw.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');

describe('rows that are old enough', () => {
  test('go with a checkpoint, and the rest stays verifiable under the numbers it had', () => {
    const { audit } = state.control;
    fill(1, 20);
    const [early, late] = [audit.anchor(5), audit.anchor(20)];
    expect(audit.removeBefore(11, 21)).toBe(10);
    expect(audit.verify()).toBe(21);
    expect(audit.rowsAfter(0, 100).map(({ row }) => row)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
    const target = expect.stringMatching(/^10:[0-9a-f]{64}$/);
    expect(audit.recent(1)).toMatchObject([{ action: CHECKPOINT, actor: 'system', target }]);
    expect(audit.compare(late)).toBe('fits');
    expect(audit.compare(early)).toBe('fits');
    fill(22, 30);
    expect(audit.removeBefore(25, 31)).toBe(14);
    expect(audit.verify()).toBe(31);
    expect(audit.compare(late)).toBe('too-old');
  });

  test('stay when none is old, and leave no checkpoint; checkpoints alone are no reason for another', () => {
    const { audit } = state.control;
    expect(audit.removeBefore(1_000, 1)).toBe(0);
    fill(1, 3);
    expect(audit.removeBefore(1, 4)).toBe(0);
    expect(audit.removeBefore(4, 4)).toBe(3);
    expect(audit.removeBefore(1_000, 5)).toBe(0);
    expect(audit.rowsAfter(0, 10)).toMatchObject([{ row: 4, action: CHECKPOINT }]);
    expect(audit.verify()).toBe(4);
  });

  test('cannot be removed in any other way, not even by who writes to the table', () => {
    fill(1, 5);
    expect(() => raw.exec('DELETE FROM audit WHERE id = 1')).toThrow('never removed');
    state.control.audit.removeBefore(3, 6);
    expect(() => raw.exec('DELETE FROM audit WHERE id = 3')).toThrow('never removed');
    expect(() => raw.exec('UPDATE audit SET at = 0')).toThrow('never changed');
    const checkpoint = {
      at: 1,
      actor: ADA,
      action: CHECKPOINT,
      target: `5:${'0'.repeat(64)}`,
      outcome: 'done',
    } as const;
    expect(() => state.control.audit.append(checkpoint)).toThrow();
  });

  test('are not removed from a trail that is broken already', () => {
    fill(1, 5);
    unguarded();
    raw.exec(`UPDATE audit SET target = 'y' WHERE id = 2`);
    expect(() => state.control.audit.removeBefore(3, 6)).toThrow(broken(2));
    expect(state.control.audit.rowsAfter(0, 9)).toHaveLength(5);
  });

  test('taken without a checkpoint are missed by their number', () => {
    fill(1, 10);
    unguarded();
    raw.exec('DELETE FROM audit WHERE id <= 3');
    expect(() => state.control.audit.verify()).toThrow(broken(1));
  });

  test('taken beyond the checkpoint, or put back below it, are told', () => {
    const { audit } = state.control;
    fill(1, 10);
    audit.removeBefore(4, 11);
    unguarded();
    raw.exec('DELETE FROM audit WHERE id = 4');
    expect(() => audit.verify()).toThrow(broken(4));
    raw.exec(`INSERT INTO audit SELECT 3, at, actor, action, target, outcome, hash FROM audit WHERE id = 5`);
    expect(() => audit.verify()).toThrow(broken(3));
  });

  test('a checkpoint that was changed is told', () => {
    const { audit } = state.control;
    fill(1, 10);
    audit.removeBefore(4, 11);
    unguarded();
    raw.exec(`UPDATE audit SET target = replace(target, '3:', '5:') WHERE action = '${CHECKPOINT}'`);
    expect(() => audit.verify()).toThrow(expect.objectContaining({ reason: 'audit-broken' }));
    raw.exec(`UPDATE audit SET target = 'nothing' WHERE action = '${CHECKPOINT}'`);
    expect(() => audit.verify()).toThrow(expect.objectContaining({ reason: 'audit-broken' }));
  });
});

describe('an anchor kept elsewhere', () => {
  test('shows rows that were cut off together with the counter', () => {
    const { audit } = state.control;
    fill(1, 9);
    const anchor = audit.anchor(50);
    expect(anchor).toEqual({ rows: 9, hash: expect.stringMatching(/^[0-9a-f]{64}$/), at: 50 });
    fill(10, 12);
    expect(audit.compare(anchor)).toBe('fits');
    unguarded();
    raw.exec(`DELETE FROM audit WHERE id > 7; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'`);
    expect(audit.verify()).toBe(7);
    expect(() => audit.compare(anchor)).toThrow(broken(8));
  });

  test('shows a trail that somebody with every key wrote anew', () => {
    const { audit } = state.control;
    fill(1, 9);
    const anchor = audit.anchor(50);
    unguarded();
    raw.exec(`DELETE FROM audit; DELETE FROM sqlite_sequence WHERE name = 'audit'`);
    fill(2, 12);
    expect(audit.verify()).toBe(11);
    expect(() => audit.compare(anchor)).toThrow(broken(9));
  });

  test('of an empty trail fits every later one', () => {
    const { audit } = state.control;
    const anchor = audit.anchor(1);
    expect(anchor).toEqual({ rows: 0, hash: '0'.repeat(64), at: 1 });
    fill(1, 3);
    expect(audit.compare(anchor)).toBe('fits');
  });

  test('is read from its own JSON and from a manifest; anything else is refused with what was expected', () => {
    const anchor = { rows: 3, hash: 'ab'.repeat(32), at: 7 };
    for (const text of [
      JSON.stringify(anchor),
      JSON.stringify({ version: 1, audit: anchor }),
      JSON.stringify({ auditAnchor: anchor }),
    ]) {
      expect(readAnchor(text)).toEqual(anchor);
    }
    for (const text of ['', 'null', '[]', '{"rows":-1}', JSON.stringify({ ...anchor, hash: 'AB' })]) {
      expect(() => readAnchor(text)).toThrow(expect.objectContaining({ code: 'invalid', reason: 'audit-anchor' }));
    }
  });
});

test('the counter that is gone, with or without rows, is told', () => {
  fill(1, 3);
  raw.exec(`DELETE FROM sqlite_sequence WHERE name = 'audit'`);
  expect(() => state.control.audit.verify()).toThrow(broken(4));
});

test('what concerns somebody is what they did and what was done to them or theirs, newest first', () => {
  const { audit } = state.control;
  const add = (at: number, actor: string, target: string) =>
    audit.append({ at, actor, action: 'test', target, outcome: 'done' });
  add(1, ADA, '@ben:home.test');
  for (let at = 2; at < 510; at++) add(at, '@ben:home.test', '-');
  add(700, '@ben:home.test', `${ADA} admin`);
  add(701, 'system', `${TENANT}/3,5`);
  add(702, '@ben:home.test', `${ADA}.example`);
  add(703, 'system', TENANT);
  expect(audit.concerning({ person: ADA, tenant: TENANT }, 10).map(({ at }) => at)).toEqual([703, 701, 700, 1]);
  expect(audit.concerning({ person: ADA, tenant: TENANT }, 2).map(({ at }) => at)).toEqual([703, 701]);
  expect(concerns({ actor: 'x', target: `${TENANT}f` }, { person: ADA, tenant: TENANT })).toBe(false);
});

test('rows hold aliases from the first on, in whatever shape somebody is named, and the trail still says whom they mean', () => {
  const people = ['@ada:home.test', '@Ben+x=y/z.1:home.test:8448', '@cem:[::1]:8448', '@dan:10.0.0.1'];
  const targets = people.flatMap((id) => [id, `${id} admin`, `people/${id}`, `${id},${id}`]);
  targets.push(TENANT, `${TENANT}/3,5`, `${TENANT} chat`, `tenant ${TENANT}`);
  for (const [at, target] of targets.entries())
    state.control.audit.append({ at, actor: people[at % people.length]!, action: 'test', target, outcome: 'done' });
  state.control.audit.removeBefore(2, 99);
  const stored = raw.prepare('SELECT actor, action, target, outcome FROM audit').all();
  expect(JSON.stringify(stored)).not.toMatch(/@|\.test|::1|10\.0|aaaa/);
  const shown = state.control.audit.recent(targets.length - 1).slice(1);
  expect(shown.map(({ target }) => target).reverse()).toEqual(targets.slice(2));
  expect(new Set(shown.map(({ actor }) => actor))).toEqual(new Set(people));
});

test('an alias that is made to mean somebody else is told, with the first row that it stands in', () => {
  const { audit } = state.control;
  audit.append({ at: 1, actor: '@ben:home.test', action: 'x', target: 'y', outcome: 'done' });
  audit.append({ at: 2, actor: ADA, action: 'x', target: 'y', outcome: 'done' });
  expect(audit.verify()).toBe(2);
  raw.exec(`UPDATE audit_names SET name = '@cem:home.test' WHERE name = '${ADA}'`);
  expect(audit.recent(1)[0]?.actor).toBe('@cem:home.test');
  expect(() => audit.verify()).toThrow(broken(2));
  raw.exec(`UPDATE audit_names SET name = '${ADA}' WHERE name = '@cem:home.test'`);
  expect(audit.verify()).toBe(2);
  // Also by another name with its own salt: an alias is bound to both.
  raw.exec(`DELETE FROM audit_names WHERE name = '${ADA}'`);
  raw.exec(`UPDATE audit_names SET alias = (SELECT actor FROM audit WHERE id = 2)`);
  expect(() => audit.verify()).toThrow(broken(2));
});

test('nothing else of the product writes rows', () => {
  const root = new URL('../../../', import.meta.url);
  const writers = ['bot', 'core', 'ops'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\b(?:INTO|UPDATE|REPLACE)\s+audit\b/i.test(readFileSync(new URL(file, root), 'utf8'))),
  );
  expect(writers).toEqual(['core/sqlite/audit-store.ts']);
});
