import { readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Caller, type PersonId, type TenantId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { TenantReader, TenantWriter } from '../../../core/tenant.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let ada: Caller;

beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
  ada = enter('@ada:home.test');
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

function enter(id: string): Caller {
  state.control.people.add({ id, role: 'member', language: 'en' });
  return state.control.people.callerFor(id)!;
}

const internal = expect.objectContaining({ code: 'internal' });
const notFound = expect.objectContaining({ code: 'not-found', reason: 'tenant-gone' });
const addLetter = (writer: TenantWriter) =>
  writer.addDocument(sampleDocument('$letter'), [samplePassage(0, 'one'), samplePassage(1, 'two')]);

test('a handle ends with its callback: every method, kept methods and kept lists throw', () => {
  let kept: TenantWriter | undefined;
  let documents: (() => unknown) | undefined;
  const lists = state.vault.write(ada, (writer) => {
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
  const lists = state.vault.write(ada, (writer) => {
    addLetter(writer);
    const iterator = writer.pieceLists()[Symbol.iterator]();
    expect(iterator.next().value).toMatchObject({ passage: 1 });
    return iterator;
  });
  expect(() => lists.next()).toThrow(internal);
});

test('a reader has no way to write, not even behind its type', () => {
  state.vault.read(ada, (reader) => {
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
    state.vault.write(ada, (writer) => {
      addLetter(writer);
      throw fault;
    }),
  ).toThrow(fault);
  expect(state.vault.read(ada, (reader) => reader.documents())).toEqual([]);
  expect(state.vault.write(ada, addLetter).number).toBe(1);
});

test('an asynchronous callback is refused and rolled back, its own failure disturbs nobody', async () => {
  const late = async (writer: TenantWriter) => {
    addLetter(writer);
    throw new Error('nobody waits for this');
  };
  expect(() => state.vault.write(ada, late)).toThrow(internal);
  expect(() => state.vault.read(ada, async () => 1)).toThrow(internal);
  await new Promise((resolve) => setImmediate(resolve));
  expect(state.vault.read(ada, (reader) => reader.documents())).toEqual([]);
});

test('a tenant inside its own callback is refused, another one is fine', () => {
  const ben = enter('@ben:home.test');
  state.vault.write(ada, (writer) => {
    addLetter(writer);
    expect(() => state.vault.read(ada, () => 1)).toThrow(internal);
    expect(state.vault.write(ben, (other) => other.passageCount())).toBe(0);
  });
  expect(state.vault.read(ada, (reader) => reader.passageCount())).toBe(2);
});

test('removed people, unknown tenants, other people and made-up callers find nothing, all in the same words', () => {
  state.vault.write(ada, addLetter);
  const facts = { person: ada.person, tenant: ada.tenant, role: 'member', language: 'en' } as const;
  const strangers = [
    new Caller({ ...facts, tenant: '0'.repeat(32) as TenantId }),
    new Caller({ ...facts, tenant: '../control' as TenantId }),
    new Caller({ ...facts, person: '@eve:home.test' as PersonId }),
    facts as Caller,
  ];
  for (const stranger of strangers) expect(() => state.vault.read(stranger, () => 1)).toThrow(notFound);
  state.control.people.remove(ada.person);
  expect(() => state.vault.write(ada, addLetter)).toThrow(notFound);
  const system = state.control.people.systemCaller(ada.tenant);
  expect(() => state.vault.read(system, () => 1)).toThrow(notFound);
  state.control.people.add({ id: ada.person, role: 'member', language: 'en' });
  expect(state.vault.read(ada, (reader) => reader.documents())).toHaveLength(1);
  expect(state.vault.read(system, (reader) => reader.documents())).toHaveLength(1);
});

test('a person who is removed during a callback does not pull the file from under it', () => {
  state.vault.write(ada, (writer) => {
    state.control.people.remove(ada.person);
    expect(() => state.vault.read(ada, () => 1)).toThrow(notFound);
    expect(addLetter(writer).number).toBe(1);
  });
});

test('many tenants take turns although few files stay open', () => {
  const callers = Array.from({ length: 15 }, (_, index) => enter(`@p${index}:home.test`));
  for (let round = 0; round < 3; round++) {
    callers.forEach((caller, index) => {
      state.vault.write(caller, (writer) => writer.setSetting(`r${round}`, String(index)));
    });
  }
  callers.forEach((caller, index) => {
    const values = state.vault.read(caller, (reader: TenantReader) => [0, 1, 2].map((r) => reader.setting(`r${r}`)));
    expect(values).toEqual([index, index, index].map(String));
  });
  const openLogs = readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.endsWith('-wal'));
  expect(openLogs.length).toBeLessThanOrEqual(6);
});

test('nested callbacks of more tenants than files stay open keep all of them', () => {
  const callers = Array.from({ length: 9 }, (_, index) => enter(`@p${index}:home.test`));
  const nest = (index: number): number => {
    const caller = callers[index];
    if (!caller) return 0;
    return state.vault.write(caller, (writer) => {
      const inner = nest(index + 1);
      writer.setSetting('depth', String(inner));
      return inner + 1;
    });
  };
  expect(nest(0)).toBe(9);
  expect(state.vault.read(callers[0]!, (reader) => reader.setting('depth'))).toBe('8');
});

test("a tenant's file that was there and is missing or emptied is a fault, never a new empty tenant", async () => {
  state.vault.write(ada, addLetter);
  const path = join(place.stateDir, 'tenants', `${ada.tenant}.db`);
  for (const harm of [() => truncateSync(path, 0), () => rmSync(path)]) {
    state[Symbol.dispose]();
    harm();
    state = await openTestState(place.stateDir);
    expect(() => state.vault.read(ada, () => 1)).toThrow(expect.objectContaining({ reason: 'store-missing' }));
  }
});

test('a closed vault lends nothing', () => {
  state[Symbol.dispose]();
  expect(() => state.vault.read(ada, () => 1)).toThrow(expect.objectContaining({ code: 'unavailable' }));
});
