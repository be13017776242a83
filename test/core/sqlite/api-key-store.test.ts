import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiKeys, MOST_API_KEYS, type NewApiKey, type OpenedKey } from '../../../core/api-key.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

const [ADA, BEN] = ['@ada:home.test', '@ben:home.test'];
const YEAR = 365 * 86_400_000;

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let now = NOW;
let keys: ApiKeys;
const open = async () => {
  state = await openTestState(place.stateDir, { clock: () => now });
  keys = state.control.apiKeys;
};
beforeEach(async () => {
  now = NOW;
  place = temporaryFolder();
  await open();
  for (const id of [ADA, BEN]) state.control.people.add({ id, role: 'member', language: 'en' });
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

const callerOf = (id: string): Caller => state.control.people.callerFor(id)!;
const wish = (name: string, more: Partial<NewApiKey> = {}): NewApiKey => ({
  ...{ name, scopes: ['upload'], endsAt: now + YEAR, source: randomUUID() },
  ...more,
});
const trail = () => state.control.audit.recent(100).filter(({ action }) => action === 'api.used');

describe('a key', () => {
  it('opens for its person alone, with what it may do', () => {
    const ada = keys.make(callerOf(ADA), wish('scanner', { scopes: ['upload', 'ask'] }));
    const ben = keys.make(callerOf(BEN), wish('scanner'));
    expect(keys.open(ada.text)).toMatchObject({ caller: callerOf(ADA), key: { number: 1, scopes: ['upload', 'ask'] } });
    expect(keys.open(ben.text)).toMatchObject({ caller: callerOf(BEN), key: { number: 1, name: 'scanner' } });
    expect(keys.of(callerOf(ADA))).toMatchObject([{ name: 'scanner', madeAt: NOW, usedAt: null, uses: 0 }]);
  });

  it('with another secret behind the same id opens nothing', async () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    const { apiKeyText, readApiKey, newApiKeyParts } = await import('../../../core/api-key-text.ts');
    const parts = readApiKey(text) as { id: string; secret: string };
    expect(keys.open(apiKeyText({ ...newApiKeyParts(), id: parts.id }))).toBe('unknown');
    expect(keys.open(apiKeyText({ ...newApiKeyParts(), secret: parts.secret }))).toBe('unknown');
    expect(keys.open(`${text}x`)).toBe('unknown');
    expect(keys.open('')).toBe('unknown');
  });

  it('is kept as a keyed hash: neither it nor its plain hash lies in the store', async () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    const master = await unlockMasterKey(join(place.stateDir, 'keys.json'), PASSPHRASE);
    const db = openEncrypted(join(place.stateDir, 'control.db'), deriveKey(master, 'control.db'), { mustExist: true });
    const rows = JSON.stringify(db.prepare('SELECT * FROM api_keys').all());
    db.close();
    expect(rows).not.toContain(text.slice(18, 44));
    expect(readFileSync(join(place.stateDir, 'control.db')).includes('scanner')).toBe(false);
  });

  it('ends with its time, and with a word', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner', { endsAt: now + 1000 }));
    now += 1000;
    expect(keys.open(text)).toBe('ended');
    expect(keys.of(callerOf(ADA))).toMatchObject([{ isEnded: true }]);
    now -= 1;
    expect(keys.open(text)).toMatchObject({ caller: callerOf(ADA) });
    // Of others there is none of this number.
    expect(keys.revoke(callerOf(BEN), 1)).toBeUndefined();
    expect(keys.revoke(callerOf(ADA), 1)).toMatchObject({ name: 'scanner' });
    expect(keys.open(text)).toBe('unknown');
    expect(keys.make(callerOf(ADA), wish('scanner')).key.number).toBe(2);
  });

  it('ends with the removal of its person, and stays so when they are back', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    state.control.people.remove(ADA);
    expect(keys.open(text)).toBe('ended');
    state.control.people.add({ id: ADA, role: 'member', language: 'en' });
    expect(keys.open(text)).toBe('ended');
    expect(keys.of(callerOf(ADA))).toMatchObject([{ isEnded: true }]);
  });

  it('is gone without a trace once its person is erased', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    for (let nth = 0; nth < 3; nth += 1) keys.noteUse((keys.open(text) as OpenedKey).id, 'upload', 'done');
    const { person, tenant } = callerOf(ADA);
    const { erasing, control } = state;
    const erasure = erasing.book.plan({
      ...{ kind: 'person', cause: 'self', language: 'en' },
      person,
      tenant,
      dueAt: now,
    });
    control.people.remove(person);
    erasing.shred(tenant);
    // Would throw if anything of them was left.
    erasing.bury(erasure, now);
    expect(keys.open(text)).toBe('unknown');
    keys.settle(now + 1);
    // The first use stands in the trail as everything does there: under an alias that names nobody any more.
    expect(trail()).toHaveLength(1);
    for (const name of [person, tenant]) expect(JSON.stringify(trail())).not.toContain(name);
  });

  it('survives a restart and a new master key', async () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    state[Symbol.dispose]();
    await rotateMasterKey({ stateDir: place.stateDir, passphrase: PASSPHRASE, at: now, confirmed: async () => true });
    await open();
    expect(keys.open(text)).toMatchObject({ caller: { person: ADA } });
    expect(keys.endAll()).toBe(1);
    expect(keys.open(text)).toBe('ended');
  });

  it('asked for twice by one message is one key: the last', () => {
    const [first, second] = [1, 2].map(() => keys.make(callerOf(ADA), wish('scanner', { source: '$same' })));
    expect(keys.open(first!.text)).toBe('unknown');
    expect(keys.open(second!.text)).toMatchObject({ key: { name: 'scanner' } });
    expect(keys.of(callerOf(ADA))).toHaveLength(1);
  });

  it('that has ended gives its name back, and its uses stand in the trail', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    keys.noteUse((keys.open(text) as OpenedKey).id, 'upload', 'done');
    keys.make(callerOf(ADA), wish('phone'));
    keys.endAll();
    const again = keys.make(callerOf(ADA), wish('Scanner'));
    expect(again.key.number).toBe(3);
    expect(keys.open(text)).toBe('unknown');
    expect(keys.open(again.text)).toMatchObject({ key: { name: 'Scanner' } });
    expect(keys.of(callerOf(ADA)).map(({ name, isEnded }) => [name, isEnded])).toEqual([
      ['phone', true],
      ['Scanner', false],
    ]);
    expect(trail()).toMatchObject([{ target: expect.stringContaining(`${callerOf(ADA).tenant}/1 upload:1 `) }]);
  });

  it('made in the same moment as another is a key of its own', () => {
    const made = [ADA, ADA, BEN].map((id, nth) => keys.make(callerOf(id), wish(`k${nth}`)));
    expect(made.map(({ key }) => key.number)).toEqual([1, 2, 1]);
    expect(new Set(made.map(({ text }) => text)).size).toBe(3);
    for (const { text, key } of made) expect(keys.open(text)).toMatchObject({ key });
  });

  it('has a name of its own, and there is an end to them', () => {
    keys.make(callerOf(ADA), wish('scanner'));
    expect(() => keys.make(callerOf(ADA), wish('Scanner'))).toThrow(
      expect.objectContaining({ reason: 'api-key-name' }),
    );
    for (let i = 1; i < MOST_API_KEYS; i += 1) keys.make(callerOf(ADA), wish(`k${i}`));
    expect(() => keys.make(callerOf(ADA), wish('more'))).toThrow(expect.objectContaining({ reason: 'api-key-full' }));
  });
});

describe('uses', () => {
  it('of a kind stand in the trail at once after a quiet time, and those that follow in one row with their times', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    const { id } = keys.open(text) as OpenedKey;
    const { tenant } = callerOf(ADA);
    const row = (acts: string, at: number, [from, to]: readonly [number, number] = [at, at]) => {
      const span = [from, to].map((time) => new Date(time).toISOString()).join('/');
      return { at, actor: ADA, action: 'api.used', target: `${tenant}/1 ${acts} ${span}`, outcome: 'done' };
    };
    keys.noteUse(id, 'upload', 'done');
    expect(trail()).toEqual([row('upload:1', NOW)]);
    now += 1000;
    keys.noteUse(id, 'ask', 'done');
    keys.noteUse(id, 'read', 'refused');
    const firsts = trail();
    expect(firsts.slice(0, 2)).toEqual([{ ...row('read:1', now), outcome: 'refused' }, row('ask:1', now)]);

    for (let nth = 0; nth < 11; nth += 1) {
      now += 1000;
      keys.noteUse(id, 'upload', 'done');
    }
    keys.noteUse(id, 'ask', 'done');
    expect(keys.of(callerOf(ADA))).toMatchObject([{ uses: 15, usedAt: now }]);
    expect(trail()).toEqual(firsts);
    const last = now;
    now += 5000;
    keys.settle(NOW);
    expect(trail()).toEqual(firsts);
    keys.settle(NOW + 1);
    keys.settle(NOW + 1);
    expect(trail()).toEqual([row('ask:1,upload:11', now, [NOW + 2000, last]), ...firsts]);
    expect(state.control.audit.verify()).toBe(4);
    expect(JSON.stringify(trail())).not.toContain('scanner');
  });

  it('go on being counted while they go on, and one after a quiet time is a first one again', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    const { id } = keys.open(text) as OpenedKey;
    const hourOf = (uses: number) => {
      for (let nth = 0; nth < uses; nth += 1) keys.noteUse(id, 'upload', 'done');
      const begun = now;
      now += 3_600_000;
      keys.settle(begun + 1);
      return trail().map(({ target }) => target.split(' ')[1]);
    };
    expect(hourOf(3)).toEqual(['upload:2', 'upload:1']);
    expect(hourOf(4)).toEqual(['upload:4', 'upload:2', 'upload:1']);
    expect(hourOf(0)).toEqual(['upload:4', 'upload:2', 'upload:1']);
    keys.noteUse(id, 'upload', 'done');
    expect(trail().map(({ at }) => at)[0]).toBe(now);
    expect(trail()).toHaveLength(4);
  });

  it('stand there also when the key is revoked before', () => {
    const { text } = keys.make(callerOf(ADA), wish('scanner'));
    for (const act of ['delete', 'delete', 'delete'] as const)
      keys.noteUse((keys.open(text) as OpenedKey).id, act, 'done');
    keys.revoke(callerOf(ADA), 1);
    const { tenant } = callerOf(ADA);
    expect(trail().map(({ target }) => target)).toEqual([
      expect.stringContaining(`${tenant}/1 delete:2 `),
      expect.stringContaining(`${tenant}/1 delete:1 `),
    ]);
  });
});
