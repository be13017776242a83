import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { AppError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/log.ts';
import { DAY_MS } from '../../../core/retention/age.ts';
import { DEFAULT_POLICY, type RetentionPolicy } from '../../../core/retention/policy.ts';
import { type RoomNotices, type SweepParts, sweepRetention } from '../../../core/retention/sweep.ts';
import { choose } from '../../../core/retention/tenant-retention.ts';
import { sampleDocument, samplePassage } from '../sqlite/sample-documents.ts';
import { NOW, openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let told: string[];
let lines: string[];

beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir, { clock: () => NOW });
  state.control.people.seed([
    { id: '@ada:home.test', role: 'admin', language: 'en' },
    { id: '@ben:home.test', role: 'member', language: 'de' },
  ]);
  told = [];
  lines = [];
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

const callerOf = (name: string): Caller => state.control.people.callerFor(`@${name}:home.test`)!;

function sweep(now: number, changes: Partial<SweepParts> = {}): void {
  const tell =
    (when: string): SweepParts['onSoon'] =>
    (person, documents, days) =>
      void told.push(`${person.id} ${when} ${documents.map(({ number }) => number)} ${days}`);
  sweepRetention(
    {
      ...state,
      policy: DEFAULT_POLICY,
      people: state.control.people.list(),
      onSoon: tell('soon'),
      onGone: tell('gone'),
      log: createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
      ...changes,
    },
    now,
  );
}

function ask(name: string, event: string, at: number): void {
  const turn = { event, room: '!r', question: 'q', answer: 'a', at, passages: [], model: null };
  state.vault.write(callerOf(name), (writer) => {
    writer.addTurn(turn);
    if (event.startsWith('$bad')) writer.addBadAnswer(turn);
  });
}

function keep(name: string, source: string, addedAt: number): void {
  state.vault.write(callerOf(name), (writer) =>
    writer.addDocument(sampleDocument(source, { addedAt }), [samplePassage(0, source)]),
  );
}

const turnsOf = (name: string) =>
  state.vault.read(callerOf(name), (reader) => reader.turns('!r', 99).map(({ event }) => event));
const documentsOf = (name: string) =>
  state.vault.read(callerOf(name), (reader) => reader.documents().map(({ number }) => number));
const runs = () => state.control.jobs.recent(9).map(({ job, outcome, figures }) => ({ job, outcome, figures }));

describe('chat memory', () => {
  test('goes when it is older than the default, or than its person chose; marked answers have a time of their own', () => {
    for (const name of ['ada', 'ben']) {
      ask(name, '$old', NOW - 31 * DAY_MS);
      ask(name, '$bad', NOW - 400 * DAY_MS);
      ask(name, '$week', NOW - 8 * DAY_MS);
      ask(name, '$edge', NOW - 30 * DAY_MS);
    }
    state.vault.write(callerOf('ben'), (writer) => choose(writer, 'chat', 7));
    sweep(NOW);
    expect(turnsOf('ada').sort()).toEqual(['$edge', '$week']);
    expect(turnsOf('ben')).toEqual([]);
    expect(state.vault.read(callerOf('ada'), (reader) => reader.badAnswers())).toEqual([]);
    expect(runs()).toMatchObject([
      { job: 'retention', outcome: 'ok', figures: { conversations: 6, badAnswers: 2, documents: 0 } },
    ]);
  });

  test('a run without anything to do is recorded once a day', () => {
    for (let hour = 0; hour < 30; hour++) sweep(NOW + hour * 3_600_000);
    expect(runs()).toHaveLength(2);
  });
});

describe('documents', () => {
  const policy: RetentionPolicy = {
    ...DEFAULT_POLICY,
    person: { ...DEFAULT_POLICY.person, documents: { kept: 365, least: 30, most: 'forever' } },
  };

  test('stay until their person was told a week before, then go with what was said of them', () => {
    keep('ada', '$1', NOW - 400 * DAY_MS);
    keep('ada', '$2', NOW - 100 * DAY_MS);
    ask('ada', '$q', NOW);
    sweep(NOW, { policy });
    sweep(NOW + DAY_MS, { policy });
    expect(told).toEqual(['@ada:home.test soon 1 365']);
    expect(documentsOf('ada')).toEqual([1, 2]);
    sweep(NOW + 7 * DAY_MS - 1, { policy });
    expect(documentsOf('ada')).toEqual([1, 2]);
    sweep(NOW + 7 * DAY_MS, { policy });
    expect(documentsOf('ada')).toEqual([2]);
    expect(turnsOf('ada')).toEqual([]);
    expect(told).toEqual(['@ada:home.test soon 1 365', '@ada:home.test gone 1 365']);
    const { tenant } = callerOf('ada');
    expect(state.control.audit.recent(1)).toMatchObject([
      { actor: 'system', action: 'retention.applied', target: `${tenant}/1` },
    ]);
  });

  test('that were sent again, or whose time was made longer, stay; they are named again before they go later', () => {
    keep('ada', '$1', NOW - 360 * DAY_MS);
    keep('ada', '$2', NOW - 360 * DAY_MS);
    sweep(NOW, { policy });
    expect(told).toEqual(['@ada:home.test soon 1,2 365']);
    state.vault.write(callerOf('ada'), (writer) => writer.addSource(1, { source: '$1b', addedAt: NOW }));
    sweep(NOW + 7 * DAY_MS, { policy });
    expect(documentsOf('ada')).toEqual([1]);
    state.vault.write(callerOf('ada'), (writer) => choose(writer, 'documents', 'forever'));
    sweep(NOW + 800 * DAY_MS, { policy });
    expect(documentsOf('ada')).toEqual([1]);
    state.vault.write(callerOf('ada'), (writer) => choose(writer, 'documents', undefined));
    sweep(NOW + 801 * DAY_MS, { policy });
    expect(told.slice(2)).toEqual(['@ada:home.test soon 1 365']);
    expect(documentsOf('ada')).toEqual([1]);
  });

  test('earlier versions of one that goes go as well, and none comes back', () => {
    keep('ada', '$1', NOW - 500 * DAY_MS);
    keep('ada', '$2', NOW - 400 * DAY_MS);
    state.vault.write(callerOf('ada'), (writer) => writer.replaceDocument(1, { number: 2, at: NOW }));
    sweep(NOW, { policy });
    sweep(NOW + 7 * DAY_MS, { policy });
    expect(documentsOf('ada')).toEqual([]);
    expect(state.vault.read(callerOf('ada'), (reader) => reader.replacedDocuments())).toEqual([]);
  });

  test('a notice that could not be queued is tried again, and nothing goes without it', () => {
    keep('ada', '$1', NOW - 400 * DAY_MS);
    const broken = {
      policy,
      onSoon: () => {
        throw new AppError('unavailable', 'no outbox');
      },
    };
    sweep(NOW, broken);
    sweep(NOW + 8 * DAY_MS, broken);
    expect(documentsOf('ada')).toEqual([1]);
    expect(runs()[0]).toMatchObject({ outcome: 'failed', figures: { failures: 1 } });
    sweep(NOW + 9 * DAY_MS, { policy });
    expect(told).toEqual(['@ada:home.test soon 1 365']);
  });
});

describe('the house', () => {
  test('job records, alerts that are over and audit rows go by their age; what is open or last stays', () => {
    const { jobs, alerts, audit } = state.control;
    for (const at of [1, 2, 3])
      jobs.finish(jobs.start('health', 'schedule', at), { at, outcome: at === 3 ? 'failed' : 'ok' });
    jobs.start('health', 'schedule', 4);
    alerts.raise({ code: 'disk-low', severity: 'warning', key: 'disk-low' });
    alerts.raise({ code: 'job-lost', severity: 'warning' });
    for (const alert of alerts.undelivered()) alerts.markDelivered(alert.id);
    alerts.raise({ code: 'undelivered', severity: 'warning' });
    audit.append({ at: 1, actor: 'a', action: 'b', target: '-', outcome: 'done' });
    const later = NOW + 400 * DAY_MS;
    sweep(later);
    expect(
      jobs
        .recent(9)
        .filter(({ job }) => job === 'health')
        .map(({ startedAt }) => startedAt),
    ).toEqual([4, 2]);
    expect(alerts.recent(9).map(({ code }) => code)).toEqual(['undelivered', 'disk-low']);
    expect(audit.recent(9).map(({ action }) => action)).toEqual(['audit.checkpoint']);
    expect(runs()[0]?.figures).toMatchObject({ jobRecords: 2, alerts: 1, auditRows: 1 });
  });

  test('daily figures go after 400 days, and not a day sooner', () => {
    const { daily } = state.control;
    for (const back of [401, 400, 0]) daily.note(NOW - back * DAY_MS, { stateBytes: back });
    sweep(NOW);
    expect(daily.between('1970-01-01', '2100-01-01').map(({ levels }) => levels.stateBytes)).toEqual([400, 0]);
  });

  test('one step that fails keeps no other from going, and says so once', () => {
    ask('ada', '$old', NOW - 31 * DAY_MS);
    ask('ben', '$old', NOW - 31 * DAY_MS);
    const vault: OpenState['vault'] = {
      write: state.vault.write.bind(state.vault),
      read: (caller, fn) => {
        if (caller.tenant === callerOf('ada').tenant) throw new AppError('unavailable', 'damaged');
        return state.vault.read(caller, fn);
      },
    };
    sweep(NOW, { vault });
    sweep(NOW + 1000, { vault });
    expect([turnsOf('ada'), turnsOf('ben')]).toEqual([['$old'], []]);
    expect(state.control.alerts.recent(9)).toMatchObject([
      { code: 'job-failed', facts: { job: 'retention' }, repeats: 1 },
    ]);
    expect(lines.join('')).toContain('damaged');
    sweep(NOW + 2000);
    expect(state.control.alerts.recent(1)[0]?.clearedAt).not.toBeNull();
  });
});

test('what was asked or marked in a family room goes before the ids by which an erasure finds it, whatever the rule for talk', () => {
  state.rooms.askMembership(() => true);
  const room = state.rooms.enter('!family:home.test', '@ada:home.test')!;
  for (const [event, age] of [
    ['$old', 29.5],
    ['$young', 28],
  ] as const)
    state.vault.write(room, (writer) => {
      const bad = { event, question: 'q', answer: 'a', at: NOW - age * DAY_MS, passages: [], model: null };
      writer.addTurn({ ...bad, room: '!f' });
      writer.addBadAnswer(bad);
    });
  const forever = { ...DEFAULT_POLICY.person, chat: { kept: 'forever', least: 1, most: 'forever' } } as const;
  sweep(NOW, { policy: { ...DEFAULT_POLICY, person: forever } });
  const left = state.vault.read(room, (reader) =>
    [reader.turns('!f', 9), reader.badAnswers()].map((kept) => kept.map(({ event }) => event)),
  );
  expect(left).toEqual([['$young'], ['$young']]);
  expect(state.control.jobs.last('retention')).toMatchObject({
    outcome: 'ok',
    figures: { conversations: 1, badAnswers: 1 },
  });
});

describe('papers of a family room', () => {
  const twoYears = { ...DEFAULT_POLICY.person, documents: { kept: 730, least: 30, most: 'forever' } } as const;
  const policy = { ...DEFAULT_POLICY, person: twoYears };
  const enter = () => {
    state.rooms.askMembership(() => true);
    const room = state.rooms.enter('!family:home.test', '@ada:home.test')!;
    const addedAt = NOW - 800 * DAY_MS;
    state.vault.write(room, (writer) => {
      writer.addDocument(sampleDocument('$old', { addedAt }), [samplePassage(0, 'x')]);
      writer.addDocument(sampleDocument('$young'), [samplePassage(0, 'y')]);
      // A member cannot choose for the others, not even by what stands in the room's own file.
      choose(writer, 'documents', 'forever');
    });
    return () => state.vault.read(room, (reader) => reader.documents().map(({ source }) => source));
  };
  const families = (): NonNullable<SweepParts['families']> => {
    const tell =
      (when: string): RoomNotices['onSoon'] =>
      ({ room }, documents, days) =>
        void told.push(`${room} ${when} ${documents.map(({ number }) => number)} ${days}`);
    return { rooms: state.rooms.list(), onSoon: tell('soon'), onGone: tell('gone') };
  };

  test('go by the admin’s default, a week after they were named there', () => {
    const papers = enter();
    for (const day of [0, 6, 7, 8]) sweep(NOW + day * DAY_MS, { policy, families: families() });
    expect(told).toEqual(['!family:home.test soon 1 730', '!family:home.test gone 1 730']);
    expect(papers()).toEqual(['$young']);
    expect(state.control.audit.recent(1)).toMatchObject([{ action: 'retention.applied', actor: 'system' }]);
  });

  test('wait where nobody can be told: in the console, and in a room that everybody has left', () => {
    const papers = enter();
    for (const day of [0, 8, 16]) sweep(NOW + day * DAY_MS, { policy });
    state.rooms.noteEmpty('!family:home.test', NOW);
    for (const day of [17, 25]) sweep(NOW + day * DAY_MS, { policy, families: families() });
    expect([told, papers()]).toEqual([[], ['$old', '$young']]);
    state.rooms.noteEmpty('!family:home.test', null);
    sweep(NOW + 26 * DAY_MS, { policy, families: families() });
    expect([told.length, papers().length]).toEqual([1, 2]);
    sweep(NOW + 33 * DAY_MS, { policy, families: families() });
    expect(papers()).toEqual(['$young']);
  });

  test('stay until somebody forgets them where the settings say nothing', () => {
    const papers = enter();
    for (const day of [0, 8]) sweep(NOW + day * DAY_MS, { families: families() });
    expect([told, papers().length]).toEqual([[], 2]);
  });
});
