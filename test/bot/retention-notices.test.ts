import { afterEach, beforeEach, expect, test } from 'vitest';
import { retentionNotices, roomRetentionNotices } from '../../bot/retention-notices.ts';
import { createLogger } from '../../core/log.ts';
import { DAY_MS } from '../../core/retention/age.ts';
import { DEFAULT_POLICY } from '../../core/retention/policy.ts';
import { sweepRetention } from '../../core/retention/sweep.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { BOT, member } from './matrix/sample-events.ts';
import { type Household, openHousehold, queued } from './people-state.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
  for (const [room, ...users] of [
    // Before their own in the order of names: the ops room of a single admin.
    [OPS, BOT, '@ada:home.test'],
    ['!ada', BOT, '@ada:home.test'],
    ['!crowd', BOT, '@ada:home.test', '@ben:home.test'],
  ]) {
    home.rooms.markJoined(room!, 1);
    home.rooms.markEncrypted(room!, 1);
    home.rooms.applyState(
      room!,
      users.map((user) => member(user, 'join')),
    );
  }
});
afterEach(() => home.remove());

const OPS = '!aaa-ops';

function sweep(vault = home.state.vault): void {
  const { rooms, outbox, state, clock } = home;
  const person = { ...DEFAULT_POLICY.person, documents: { kept: 730, least: 30, most: 'forever' } } as const;
  const log = createLogger({ name: 'test', level: 'silent' });
  const { people } = state.control;
  const parts = { own: BOT, rooms, outbox, people, isShared: (room: string) => room === OPS, wake: () => {} };
  const policy = { ...DEFAULT_POLICY, person };
  const families = { ...roomRetentionNotices(parts), rooms: state.rooms.list() };
  const notices = { ...retentionNotices(parts), families };
  sweepRetention({ ...state, vault, ...notices, policy, people: people.list(), log }, clock.now);
}

test('documents that will go are named once in their person’s own chat, and again when they are gone', () => {
  for (const person of ['@ada:home.test', '@ben:home.test']) {
    const caller = home.state.control.people.callerFor(person)!;
    const addedAt = home.clock.now - 800 * DAY_MS;
    home.state.vault.write(caller, (writer) =>
      writer.addDocument(sampleDocument('$1', { name: `Lease of ${person[1]}.pdf`, addedAt }), [samplePassage(0, 'x')]),
    );
  }
  sweep();
  sweep();
  const [soon, ...others] = queued(home);
  expect(others).toEqual([]);
  expect(soon).toMatchObject({ room: '!ada', audience: { kind: 'direct', person: '@ada:home.test' } });
  expect(soon!.body).toMatch(
    /In a week I will forget 1 document of yours.*older than 2 years.*Lease of a.*!retention documents 2 years/s,
  );
  home.clock.now += 7 * DAY_MS;
  sweep();
  sweep();
  expect(
    queued(home)
      .map(({ body }) => body)
      .slice(1),
  ).toEqual([expect.stringMatching(/^1 document older than 2 years is gone.*Lease of a/)]);
});

test('a kill between a message and what it tells leaves one message, and the work for the next hour', () => {
  const ada = home.state.control.people.callerFor('@ada:home.test')!;
  const addedAt = home.clock.now - 800 * DAY_MS;
  const { vault } = home.state;
  vault.write(ada, (writer) => writer.addDocument(sampleDocument('$1', { addedAt }), [samplePassage(0, 'x')]));
  const killed: typeof vault = {
    read: vault.read.bind(vault),
    write: () => {
      throw new Error('killed');
    },
  };
  const documents = () => vault.read(ada, (reader) => reader.documents().length);
  sweep(killed);
  home.clock.now += DAY_MS;
  sweep();
  expect(queued(home)).toHaveLength(1);
  home.clock.now += 7 * DAY_MS;
  sweep(killed);
  expect([queued(home).length, documents()]).toEqual([2, 1]);
  sweep();
  expect([queued(home).length, documents()]).toEqual([2, 0]);
});

test('papers of a family room are named there once, in each language that somebody in it speaks, and again when they are gone', () => {
  home.state.rooms.askMembership(() => true);
  const caller = home.state.rooms.enter('!crowd', '@ada:home.test')!;
  const addedAt = home.clock.now - 800 * DAY_MS;
  home.state.vault.write(caller, (writer) =>
    writer.addDocument(sampleDocument('$1', { name: 'Ferry plan.pdf', addedAt }), [samplePassage(0, 'x')]),
  );
  sweep();
  sweep();
  home.clock.now += 7 * DAY_MS;
  sweep();
  sweep();
  const [soon, gone, ...others] = queued(home);
  expect(others).toEqual([]);
  expect(soon).toMatchObject({ room: '!crowd', audience: { kind: 'family' } });
  expect(soon!.body).toMatch(
    /1 document of this room.*Ferry plan.*send them here again.*1 Dokument dieses Raums.*Ferry plan/s,
  );
  expect(gone!.body).toMatch(/^1 document older than 2 years is gone.*Ferry plan.*1 Dokument, älter als 2 Jahre/s);
});
