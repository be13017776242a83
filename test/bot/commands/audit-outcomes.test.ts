import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { Place } from '../../../bot/commands/command-spec.ts';
import { COMMANDS } from '../../../bot/commands/index.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import type { Caller } from '../../../core/caller.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

const FAMILY = '!family:home.test';
/** Words that somebody may type, and that must reach no row. */
const WORDS = 'geheimeskrankheitswort';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
  const { rooms, vault } = home.state;
  rooms.askMembership(() => true);
  for (const [person, caller] of [
    [BEN, rooms.enter(FAMILY, BEN)!],
    [CEM, home.callerOf(CEM)],
  ] as const) {
    vault.write(caller, (writer) => {
      const { source } = writer.addDocument(sampleDocument(`$of${person}`), [samplePassage(0, 'one')]);
      writer.noteRoom(source, FAMILY, person);
    });
  }
});
afterEach(() => home[Symbol.asyncDispose]());

function callerAt(person: string, place: Place): Caller {
  return place === 'family' ? home.state.rooms.callerFor(FAMILY, person)! : home.callerOf(person);
}

async function type(person: string, place: Place, line: string): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place, caller: callerAt(person, place) };
  return (await runCommand(call, home.services).catch((thrown: Error) => ({ text: thrown.message }))).text;
}

const rows = () =>
  home.state.control.audit
    .recent(50)
    .reverse()
    .map(({ action, target, outcome }) => `${action} ${target} ${outcome}`);
const tenantOf = (person: string, place: Place = 'direct') => callerAt(person, place).tenant;

/** A call of every audited command that is refused, and so changes nothing. */
const REFUSED: readonly (readonly [command: string, person: string, place: Place, line: string])[] = [
  ['export', CEM, 'family', 'export'],
  ['export', CEM, 'direct', 'export 9'],
  ['forget', CEM, 'family', 'forget 1'],
  ['forget', CEM, 'direct', 'forget 9'],
  ['share', CEM, 'direct', 'share 1 with @nobody:home.test'],
  ['share', CEM, 'direct', `share 1 with ${BEN} until yesterday's ${WORDS}`],
  ['share', CEM, 'direct', `share 1 ${WORDS}`],
  ['unshare', CEM, 'direct', 'unshare 1'],
  ['shares end', CEM, 'direct', 'shares end 7'],
  ['forget chat', CEM, 'ops', 'forget chat'],
  ['feedback clear', CEM, 'family', 'feedback clear'],
  ['retention', CEM, 'direct', `retention ${WORDS}`],
  ['retention', CEM, 'direct', 'retention documents 1 day'],
  ['forget all', CEM, 'direct', 'forget all yes AAAAAA'],
  ['delete-me', CEM, 'direct', 'delete-me yes AAAAAA'],
  ['delete-me stop', CEM, 'direct', 'delete-me stop'],
  ['people add', CEM, 'ops', 'people add @eve:home.test'],
  ['people add', ADA, 'ops', 'people add @kin:home.test'],
  ['people confirm', CEM, 'ops', `people confirm ${BEN}`],
  ['people confirm', ADA, 'ops', `people confirm ${BEN}`],
  ['people remove', ADA, 'ops', 'people remove @eve:home.test'],
  ['people remove', ADA, 'ops', `people remove ${ADA}`],
  ['people erase', ADA, 'ops', 'people erase @eve:home.test'],
  ['people reset', CEM, 'ops', 'people reset ben'],
  ['people close', CEM, 'ops', `people close ${BEN}`],
  ['keys rotate', CEM, 'ops', 'keys rotate yes'],
  ['keys confirm', CEM, 'ops', 'keys confirm 7QM3F'],
  ['keys confirm', ADA, 'ops', 'keys confirm 7QM3F'],
  ['run', CEM, 'ops', 'run health'],
  ['run', ADA, 'ops', `run ${WORDS}`],
  ['update', CEM, 'ops', 'update'],
  ['cancel', CEM, 'ops', 'cancel health'],
  ['cancel', ADA, 'ops', `cancel ${WORDS}`],
  ['lockdown', CEM, 'ops', 'lockdown'],
  ['alerts ack', CEM, 'ops', 'alerts ack A1'],
  ['alerts ack', ADA, 'ops', `alerts ack ${WORDS}`],
  ['alerts snooze', ADA, 'ops', `alerts snooze A9 ${WORDS}`],
  ['evidence', CEM, 'ops', 'evidence'],
  ['rotate', ADA, 'ops', `rotate done ${WORDS}`],
  ['incident report', ADA, 'ops', `incident report html ${WORDS}`],
  ['incident rehearse', CEM, 'ops', 'incident rehearse'],
  ['apikey new', CEM, 'ops', 'apikey new scanner'],
  ['apikey new', CEM, 'direct', `apikey new scanner ${WORDS}`],
  ['apikey revoke', CEM, 'direct', 'apikey revoke 7'],
];

describe('a command that was refused and changed nothing', () => {
  it('is noted as refused, whichever it is', async () => {
    const audited = COMMANDS.filter(({ audit }) => audit !== null).map(({ name }) => name);
    expect([...new Set(REFUSED.map(([command]) => command))].sort()).toEqual([...audited].sort());
    for (const [command, person, place, line] of REFUSED) {
      const before = rows().length;
      const said = await type(person, place, line);
      const added = rows().slice(before);
      expect(added, `${line}: ${said}`).toEqual([
        expect.stringMatching(new RegExp(`^command\\.${command.replaceAll(' ', '-')} .*refused$`)),
      ]);
    }
    expect(home.state.vault.read(callerAt(BEN, 'family'), (reader) => reader.documents())).toHaveLength(1);
    expect(home.state.control.audit.verify()).toBe(REFUSED.length);
  });

  it('leaves no row where it only shows what would go', async () => {
    for (const line of ['forget all', 'delete-me', 'retention', 'retention chat 30 days']) {
      expect(await type(CEM, 'direct', line)).not.toBe('');
    }
    await type(ADA, 'ops', `people erase ${CEM}`);
    expect(rows()).toEqual([`command.retention ${tenantOf(CEM)} chat done`]);
  });
});

describe('whom a row names', () => {
  test('nobody whom the house does not know: what was typed for a name may be anything', async () => {
    const name = `@${WORDS}:krebs.example`;
    for (const line of [`share 1 with ${name}`, `share 1 ${name} until 31.12.2099`, `share 1 with @${WORDS}`])
      await type(CEM, 'direct', line);
    for (const line of [`people add ${name}x y`, `people remove ${name}`, `people erase ${name} yes`])
      await type(ADA, 'ops', line);
    expect(rows()).toEqual([
      ...Array.from({ length: 3 }, () => `command.share ${tenantOf(CEM)}/1 unknown refused`),
      'command.people-remove unknown refused',
      'command.people-erase unknown refused',
    ]);
    expect(JSON.stringify(home.state.control.audit.rowsAfter(0, 99))).not.toContain(WORDS);
  });

  test('somebody named without a server in full, so that an erasure finds them', async () => {
    await type(CEM, 'direct', 'share 1 with @ben');
    await type(CEM, 'direct', 'share 9 with @ben');
    expect(rows()).toEqual([
      `command.share ${tenantOf(CEM)}/1 ${BEN} done`,
      `command.share ${tenantOf(CEM)}/9 ${BEN} refused`,
    ]);
    // The trail itself holds an alias, which an erasure cuts off.
    expect(JSON.stringify(home.state.control.audit.rowsAfter(0, 9).map(({ target }) => target))).not.toContain('ben');
  });

  test('somebody who was removed, as long as they are kept', async () => {
    await type(ADA, 'ops', `people remove ${CEM}`);
    await type(ADA, 'ops', `people remove ${CEM}`);
    expect(rows()).toEqual([`command.people-remove ${CEM} done`, `command.people-remove ${CEM} refused`]);
  });
});
