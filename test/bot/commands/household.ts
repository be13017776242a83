import type { CommandServices } from '../../../bot/commands/services.ts';
import { Departures } from '../../../bot/erase/departures.ts';
import { HandOver } from '../../../bot/hand-over.ts';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { Outbox } from '../../../bot/matrix/outbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { houseSeries } from '../../../core/house-series.ts';
import { IncidentDesk } from '../../../core/incident/incident-desk.ts';
import { readChecklist } from '../../../core/posture.ts';
import { DEFAULT_POLICY } from '../../../core/retention/policy.ts';
import { gramsOf } from '../../core/sqlite/sample-documents.ts';
import { NOW, openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { temporaryBotDb } from '../matrix/bot-db.ts';
import { BOT } from '../matrix/sample-events.ts';

export const ADA = '@ada:home.test';
export const BEN = '@ben:home.test';
export const CEM = '@cem:home.test';

/** A household on a real state folder: Ada (admin, English), Ben (member, German), Cem (member, English). */
export interface Household extends AsyncDisposable {
  readonly state: OpenState;
  readonly stateDir: string;
  readonly services: CommandServices;
  /** What was said to others than who asked. */
  readonly told: readonly { readonly person: string; readonly text: string }[];
  readonly roomRefreshes: () => number;
  readonly lockdowns: () => number;
  readonly outbox: Outbox;
  readonly handOver: HandOver;
  /** Events that the bot took back from the ops room. */
  readonly takenBack: readonly string[];
  /** What the ops room answers from now on. */
  readonly breakOpsRoom: () => void;
  readonly callerOf: (person: string) => Caller;
}

export async function openHousehold(): Promise<Household> {
  const place = temporaryFolder();
  const state = await openTestState(place.stateDir);
  const { people, alerts, heartbeats, jobs, requests, audit } = state.control;
  people.add({ id: ADA, role: 'admin', language: 'en' });
  people.add({ id: BEN, role: 'member', language: 'de' });
  people.add({ id: CEM, role: 'member', language: 'en' });
  const told: { person: string; text: string }[] = [];
  let refreshes = 0;
  let lockdowns = 0;
  let roomWorks = true;
  const bot = temporaryBotDb();
  const rooms = new RoomBook(bot.db);
  const outbox = new Outbox(bot.db, () => NOW);
  const takenBack: string[] = [];
  const redact = async (_room: string, event: string) => void takenBack.push(event);
  const handOver = new HandOver({ state, homeserver: { redact }, outbox });
  const departures = new Departures({
    ...{ vault: state.vault, shares: state.shares, families: state.rooms },
    ...{ own: BOT, db: bot.db, erasing: state.erasing, people, rooms, outbox },
    onPersonFrozen: [],
    opsRoom: () => '!ops',
    clock: () => NOW,
    waits: { coolingOffMs: 72 * 3_600_000, afterRemovalMs: 30 * 86_400_000 },
    inbox: new Inbox(bot.db, { own: BOT, rooms, outbox, now: () => NOW }),
    onTakeAlong: () => {},
    wake: () => {},
  });
  const services: CommandServices = {
    ...{ departures, handOver },
    changes: { password: async () => ({ kind: 'changed', others: 1 }), hasHostHelper: true },
    vault: state.vault,
    keys: state.keys,
    incident: new IncidentDesk(state.control),
    lockDown: () => {
      lockdowns += 1;
    },
    wordsOf: (_document, { text }) => ({ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) }),
    ...{ people, identities: state.control.identities, alerts, heartbeats, audit, shares: state.shares },
    apiKeys: state.control.apiKeys,
    ...{ jobs, requests, generations: state.control.backups, checklist: () => readChecklist(state.control.facts) },
    clock: () => NOW,
    retention: DEFAULT_POLICY,
    figures: () => ({
      ...{ version: '0.1.0', startedAt: NOW - 3_725_000, memoryBytes: 123_456_789, documents: 7, passages: 1234 },
      ...{ filesWaiting: 1, questionsWaiting: 2, repliesWaiting: 3, undecryptable: 4 },
    }),
    series: () => houseSeries(state.control, NOW),
    models: () => ({ answering: { name: 'smollm', host: null }, embedding: null }),
    progress: () => undefined,
    server: 'home.test',
    bot: '@kin:home.test' as CommandServices['bot'],
    stopQuestions: () => ({ running: 1, waiting: 2 }),
    tellPerson: (person, { text }) => {
      const known = people.find(person);
      if (known) told.push({ person, text: text(known.language) });
      return known !== undefined;
    },
    refreshOpsRoom: async () => {
      refreshes += 1;
      return roomWorks;
    },
  };
  return {
    state,
    stateDir: place.stateDir,
    services,
    ...{ told, outbox, handOver, takenBack },
    roomRefreshes: () => refreshes,
    lockdowns: () => lockdowns,
    breakOpsRoom: () => {
      roomWorks = false;
    },
    callerOf: (person) => {
      const caller = people.callerFor(person);
      if (caller === undefined) throw new Error(`${person} is not known`);
      return caller;
    },
    [Symbol.asyncDispose]: async () => {
      state[Symbol.dispose]();
      bot.remove();
      place.remove();
    },
  };
}
