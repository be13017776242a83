import { readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Caller, type PersonId, type TenantId } from '../../../core/caller.ts';
import type { TenantReader, TenantWriter } from '../../../core/tenant.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { useAda } from './use-ada.ts';

const home = useAda('member');

const internal = expect.objectContaining({ code: 'internal' });
const notFound = expect.objectContaining({ code: 'not-found', reason: 'tenant-gone' });
const addLetter = (writer: TenantWriter) =>
  writer.addDocument(sampleDocument('$letter'), [samplePassage(0, 'one'), samplePassage(1, 'two')]);

test('a handle ends with its callback: every method, kept methods and kept lists throw', () => {
  let kept: TenantWriter | undefined;
  let documents: (() => unknown) | undefined;
  const lists = home().write((writer) => {
    addLetter(writer);
    kept = writer;
    documents = writer.documents;
    return writer.pieceLists();
  });
  for (const [name, method] of Object.entries(kept!)) {
    if (name === 'tenant' || name === 'pieceLists') continue;
    expect(() => (method as (...values: unknown[]) => unknown)('$letter', 1), name).toThrow(internal);
  }
  expect(documents).toThrow(internal);
  expect(() => [...lists]).toThrow(internal);
  expect(() => [...kept!.pieceLists()]).toThrow(internal);
});

test('a list that is half read when the callback ends stops there', () => {
  const lists = home().write((writer) => {
    addLetter(writer);
    const iterator = writer.pieceLists()[Symbol.iterator]();
    expect(iterator.next().value).toMatchObject({ passage: 1 });
    return iterator;
  });
  expect(() => lists.next()).toThrow(internal);
});

test('a reader has no way to write, not even behind its type', () => {
  home().read((reader) => {
    const names = Object.keys(reader);
    for (const name of ['addDocument', 'forgetDocument', 'forgetTurns', 'setSetting', 'finishWrite', 'db']) {
      expect(names).not.toContain(name);
      expect((reader as unknown as Record<string, unknown>)[name]).toBeUndefined();
    }
    expect(Object.isFrozen(reader)).toBe(true);
  });
});

test('a callback that throws leaves nothing of what it wrote, and the tenant usable', () => {
  const fault = new Error('on the way');
  expect(() =>
    home().write((writer) => {
      addLetter(writer);
      throw fault;
    }),
  ).toThrow(fault);
  expect(home().read((reader) => reader.documents())).toEqual([]);
  expect(home().write(addLetter).number).toBe(1);
});

test('an asynchronous callback is refused and rolled back, its own failure disturbs nobody', async () => {
  const late = async (writer: TenantWriter) => {
    addLetter(writer);
    throw new Error('nobody waits for this');
  };
  expect(() => home().write(late)).toThrow(internal);
  expect(() => home().read(async () => 1)).toThrow(internal);
  await new Promise((resolve) => setImmediate(resolve));
  expect(home().read((reader) => reader.documents())).toEqual([]);
});

test('a tenant inside its own callback is refused, another one is fine', () => {
  const ben = home().enter('@ben:home.test');
  home().write((writer) => {
    addLetter(writer);
    expect(() => home().read(() => 1)).toThrow(internal);
    expect(home().state.vault.write(ben, (other) => other.passageCount())).toBe(0);
  });
  expect(home().read((reader) => reader.passageCount())).toBe(2);
});

test('removed people, unknown tenants, other people and made-up callers find nothing, all in the same words', () => {
  home().write(addLetter);
  const facts = { person: home().ada.person, tenant: home().ada.tenant, role: 'member', language: 'en' } as const;
  const strangers = [
    new Caller({ ...facts, tenant: '0'.repeat(32) as TenantId }),
    new Caller({ ...facts, tenant: '../control' as TenantId }),
    new Caller({ ...facts, person: '@eve:home.test' as PersonId }),
    facts as Caller,
  ];
  for (const stranger of strangers) expect(() => home().state.vault.read(stranger, () => 1)).toThrow(notFound);
  home().state.control.people.remove(home().ada.person);
  expect(() => home().write(addLetter)).toThrow(notFound);
  const system = home().state.control.people.systemCaller(home().ada.tenant);
  expect(() => home().state.vault.read(system, () => 1)).toThrow(notFound);
  home().state.control.people.add({ id: home().ada.person, role: 'member', language: 'en' });
  expect(home().read((reader) => reader.documents())).toHaveLength(1);
  expect(home().state.vault.read(system, (reader) => reader.documents())).toHaveLength(1);
});

test('a person who is removed during a callback does not pull the file from under it', () => {
  home().write((writer) => {
    home().state.control.people.remove(home().ada.person);
    expect(() => home().read(() => 1)).toThrow(notFound);
    expect(addLetter(writer).number).toBe(1);
  });
});

test('many tenants take turns although few files stay open', () => {
  const callers = Array.from({ length: 15 }, (_, index) => home().enter(`@p${index}:home.test`));
  for (let round = 0; round < 3; round++) {
    callers.forEach((caller, index) => {
      home().state.vault.write(caller, (writer) => writer.setSetting(`r${round}`, String(index)));
    });
  }
  callers.forEach((caller, index) => {
    const values = home().state.vault.read(caller, (reader: TenantReader) =>
      [0, 1, 2].map((r) => reader.setting(`r${r}`)),
    );
    expect(values).toEqual([index, index, index].map(String));
  });
  const openLogs = readdirSync(join(home().place.stateDir, 'tenants')).filter((file) => file.endsWith('-wal'));
  expect(openLogs.length).toBeLessThanOrEqual(6);
});

test('nested callbacks of more tenants than files stay open keep all of them', () => {
  const callers = Array.from({ length: 9 }, (_, index) => home().enter(`@p${index}:home.test`));
  const nest = (index: number): number => {
    const caller = callers[index];
    if (!caller) return 0;
    return home().state.vault.write(caller, (writer) => {
      const inner = nest(index + 1);
      writer.setSetting('depth', String(inner));
      return inner + 1;
    });
  };
  expect(nest(0)).toBe(9);
  expect(home().state.vault.read(callers[0]!, (reader) => reader.setting('depth'))).toBe('8');
});

test("a tenant's file that was there and is missing or emptied is a fault, never a new empty tenant", async () => {
  home().write(addLetter);
  const path = join(home().place.stateDir, 'tenants', `${home().ada.tenant}.db`);
  for (const harm of [() => truncateSync(path, 0), () => rmSync(path)]) {
    home().state[Symbol.dispose]();
    harm();
    await home().open();
    expect(() => home().read(() => 1)).toThrow(expect.objectContaining({ reason: 'store-missing' }));
  }
});

test('a closed vault lends nothing', () => {
  home().state[Symbol.dispose]();
  expect(() => home().read(() => 1)).toThrow(expect.objectContaining({ code: 'unavailable' }));
});
