import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { DAY_MS } from '../../../core/retention/age.ts';
import { DEFAULT_POLICY } from '../../../core/retention/policy.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { BEN, CEM, type Household, openHousehold } from './household.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function direct(person: string, line: string, changes: Partial<Household['services']> = {}): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place: 'direct', caller: home.callerOf(person) } as const;
  return (await runCommand(call, { ...home.services, ...changes })).text;
}

function ask(person: string, event: string, daysAgo: number): void {
  const at = NOW - daysAgo * DAY_MS;
  home.state.vault.write(home.callerOf(person), (writer) =>
    writer.addTurn({ event, room: '!r', question: 'q', answer: 'a', at, passages: [], model: null }),
  );
}

const turns = (person: string) => home.state.vault.read(home.callerOf(person), (reader) => reader.memorySize().turns);
const rows = () => home.state.control.audit.recent(9).map(({ action, target }) => [action, target]);

test('shows how long everything of mine is kept, and what I may choose; looking leaves no row', async () => {
  const shown = await direct(CEM, 'retention');
  expect(shown).toContain(
    '- **our questions and answers**: 30 days. You may choose from 1 day to forever: `!retention chat 7 days`',
  );
  expect(shown).toContain('- **your documents**: until you tell me otherwise. You may choose from 30 days to forever');
  expect(shown).toContain('who did what 1 year');
  expect(rows()).toEqual([]);
});

test('what would go is counted first, and goes with "yes"; afterwards it is told', async () => {
  for (const [event, age] of [
    ['$1', 20],
    ['$2', 9],
    ['$3', 8],
    ['$4', 2],
  ] as const)
    ask(CEM, event, age);
  const preview = await direct(CEM, 'retention chat 7 days');
  expect(preview).toContain('**This would remove 3 questions with their answers older than 7 days, for good:**');
  expect(preview).toContain('`!retention chat 7 days yes`');
  expect(turns(CEM)).toBe(4);
  expect(await direct(CEM, 'retention')).toContain('30 days');
  expect(await direct(CEM, 'retention chat 7 days yes')).toBe(
    'From now on I keep our questions and answers for 7 days. 3 questions with their answers older than that are gone.',
  );
  expect(turns(CEM)).toBe(1);
  expect(await direct(CEM, 'retention')).toContain('- **our questions and answers**: 7 days, as you chose.');
  expect(await direct(CEM, 'privacy')).toContain('our questions and answers for 7 days');
  const { tenant } = home.callerOf(CEM);
  expect(rows()[0]).toEqual(['command.retention', `${tenant} chat`]);
});

test('documents are named before they go, and only mine go', async () => {
  for (const person of [CEM, BEN]) {
    home.state.vault.write(home.callerOf(person), (writer) =>
      writer.addDocument(sampleDocument('$1', { name: 'Old lease.pdf', addedAt: NOW - 800 * DAY_MS }), [
        samplePassage(0, 'x'),
      ]),
    );
  }
  expect(await direct(CEM, 'retention documents 2 years')).toMatch(
    /remove 1 document older than 2 years.*\nOld lease\.pdf\n/s,
  );
  expect(await direct(CEM, 'retention documents 2 years yes')).toContain('1 document older than that is gone.');
  expect(await direct(CEM, 'files')).toMatch(/^I know no|nothing|yet/i);
  expect(await direct(BEN, 'dateien')).toContain('Old lease');
});

test('a longer time, or one by which nothing goes, is set at once; the default comes back', async () => {
  ask(CEM, '$1', 3);
  expect(await direct(CEM, 'retention chat forever')).toBe(
    'From now on I keep our questions and answers until you tell me otherwise.',
  );
  expect(await direct(CEM, 'retention chat default')).toBe('From now on I keep our questions and answers for 30 days.');
  expect(await direct(CEM, 'retention')).not.toContain('as you chose');
});

test('the admin’s bounds hold, and what is not understood is answered with examples', async () => {
  expect(await direct(CEM, 'retention documents 7 days')).toBe(
    'Your admin set at least 30 days for your documents. Nothing was changed.',
  );
  const person = { ...DEFAULT_POLICY.person, chat: { kept: 30, least: 30, most: 30 } } as const;
  const strict = { retention: { ...DEFAULT_POLICY, person } };
  expect(await direct(CEM, 'retention chat forever', strict)).toContain('at most 30 days');
  expect(await direct(CEM, 'retention', strict)).toContain('30 days. Your admin decides that.');
  expect(await direct(CEM, 'retention everything soon')).toMatch(/“everything soon”.*`!retention chat 7 days`/);
});

test('speaks German', async () => {
  ask(BEN, '$1', 20);
  expect(await direct(BEN, 'aufbewahrung gespräch 7 Tage')).toMatch(
    /verschwände endgültig 1 Frage mit ihrer Antwort.*`!aufbewahrung gespräch 7 Tage ja`/s,
  );
  expect(await direct(BEN, 'aufbewahrung gespräch 7 Tage ja')).toContain('älter als das, ist verschwunden');
});

test('in a family room everybody sees what holds there, and nobody changes it', async () => {
  home.state.rooms.askMembership(() => true);
  const inRoom = (line: string, changes: Partial<Household['services']> = {}) => {
    const [name = '', ...rest] = line.split(' ');
    const caller = home.state.rooms.enter('!family', CEM)!;
    return runCommand({ name, args: rest.join(' '), place: 'family', caller }, { ...home.services, ...changes });
  };
  const shown = (await inRoom('retention')).text;
  // A day sooner than the ids of its messages.
  expect(shown).toContain('- **questions and answers here**: 29 days');
  expect(shown).toContain('- **documents that you gave to the room**: until you tell me otherwise');
  expect(shown).not.toContain('a week before');
  const documents = { kept: 10, least: 365, most: 'forever' } as const;
  const retention = { ...DEFAULT_POLICY, person: { ...DEFAULT_POLICY.person, documents } };
  const bounded = (await inRoom('retention', { retention })).text;
  expect(bounded).toContain('- **documents that you gave to the room**: 1 year');
  expect(bounded).toContain('named here a week before');
  await expect(inRoom('retention documents forever')).rejects.toMatchObject({ reason: 'room-retention' });
  expect(home.state.control.audit.recent(1)).toMatchObject([{ action: 'command.retention', outcome: 'refused' }]);
  expect((await inRoom('retention', { retention })).text).toBe(bounded);
});
