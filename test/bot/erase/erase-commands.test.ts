import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { CODE_MS, ConfirmCodes } from '../../../bot/erase/confirm-codes.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from '../commands/household.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function said(person: string, place: 'direct' | 'ops', line: string): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place, caller: home.callerOf(person) } as const;
  return (await runCommand(call, home.services)).text;
}
const direct = (person: string, line: string) => said(person, 'direct', line);
const ops = (person: string, line: string) => said(person, 'ops', line);
const book = () => home.state.erasing.book;
const codeIn = (text: string) => /(?:yes|ja) ([A-Z0-9]{6})/.exec(text)![1]!;

describe('what cannot be undone', () => {
  it('is shown first, in counts, and asks for a code of that moment', async () => {
    home.state.vault.write(home.callerOf(CEM), (writer) =>
      writer.addDocument(sampleDocument('$a'), [samplePassage(0, 'one'), samplePassage(1, 'two')]),
    );
    const text = await direct(CEM, 'forget all');
    expect(text).toContain('1 document and 2 passages');
    expect(text).toMatch(/`!forget all yes [A-Z0-9]{6}` within ten minutes/);
    expect(await direct(BEN, 'vergiss alles')).toMatch(/`!vergiss alles ja [A-Z0-9]{6}`/);
    expect(book().openOf(CEM, 'documents')).toBeUndefined();
  });

  it('names what goes, and not what stays: settings stay when documents go', async () => {
    home.state.vault.write(home.callerOf(CEM), (writer) => {
      writer.addDocument(sampleDocument('$a'), [samplePassage(0, 'one')]);
      writer.setSetting('tone', 'brief');
    });
    expect(await direct(CEM, 'forget all')).toContain(
      ':** 1 document and 1 passage. Your settings, the messages in our chat',
    );
    expect(await direct(CEM, 'delete-me')).toContain('your settings');
  });

  it('takes no code of somebody else, of another act, of before, or twice', async () => {
    const mine = codeIn(await direct(CEM, 'delete-me'));
    const wrong = { code: 'conflict', reason: 'erase-code' };
    await expect(direct(BEN, `lösch-mich ja ${mine}`)).rejects.toMatchObject(wrong);
    await expect(direct(CEM, `forget all yes ${mine}`)).rejects.toMatchObject(wrong);
    const newer = codeIn(await direct(CEM, 'delete-me'));
    await expect(direct(CEM, `delete-me yes ${mine}`)).rejects.toMatchObject(wrong);
    // A wrong code uses the right one up.
    await expect(direct(CEM, `delete-me yes ${newer}`)).rejects.toMatchObject(wrong);
    expect(book().openOf(CEM)).toBeUndefined();
    const last = codeIn(await direct(CEM, 'delete-me'));
    expect(await direct(CEM, `delete-me yes ${last.toLowerCase()}`)).toMatch(/On .* I erase everything about you/);
    expect(book().openOf(CEM)).toMatchObject({ cause: 'self', dueAt: NOW + 72 * 3_600_000 });
    expect(await direct(CEM, `delete-me yes ${last}`)).toMatch(/is planned for .*`!delete-me stop` takes it back/);
  });

  it('can be taken back during the cooling-off, once', async () => {
    await direct(CEM, `delete-me yes ${codeIn(await direct(CEM, 'delete-me'))}`);
    expect(await direct(CEM, 'delete-me stop')).toMatch(/Taken back/);
    expect(await direct(CEM, 'delete-me stop')).toMatch(/Nothing is planned/);
    expect(book().openOf(CEM)).toBeUndefined();
  });

  it('cannot be taken back by an admin who removes somebody and adds them again', async () => {
    await direct(CEM, `delete-me yes ${codeIn(await direct(CEM, 'delete-me'))}`);
    await ops(ADA, `people remove ${CEM}`);
    expect(await ops(ADA, `people add ${CEM}`)).toMatch(/asked to be erased, and that goes on/);
    expect(book().openOf(CEM)).toMatchObject({ cause: 'self', dueAt: NOW + 72 * 3_600_000 });
    expect(await direct(CEM, 'delete-me')).toMatch(/is planned for/);
    expect(await direct(CEM, 'delete-me stop')).toMatch(/Taken back/);
    await ops(ADA, `people remove ${BEN}`);
    expect(await ops(ADA, `people add ${BEN}`)).not.toMatch(/goes on/);
    expect(book().openOf(BEN)).toBeUndefined();
  });

  it('a code is good for ten minutes, and its letters are not mistaken for others', () => {
    let now = NOW;
    const codes = new ConfirmCodes(() => now);
    const code = codes.give(CEM, 'x');
    expect(code).toMatch(/^[B-DF-HJ-NP-TV-XZ2-9]{6}$/);
    now += CODE_MS;
    expect(codes.use(CEM, 'x', code)).toBe(false);
    const next = codes.give(CEM, 'x');
    now += CODE_MS - 1;
    expect(codes.use(CEM, 'x', next)).toBe(true);
    expect(codes.use(CEM, 'x', next)).toBe(false);
    expect(new Set(Array.from({ length: 200 }, () => codes.give(CEM, 'x'))).size).toBeGreaterThan(195);
  });

  it('never leaves the household without an admin', async () => {
    await expect(direct(ADA, 'delete-me')).rejects.toMatchObject({ reason: 'last-admin' });
    await expect(ops(ADA, `people erase ${ADA}`)).rejects.toMatchObject({ reason: 'last-admin' });
  });
});

describe('admins', () => {
  it('hear when somebody whom they remove is erased, and adding them again before ends that', async () => {
    expect(await ops(ADA, `people remove ${CEM}`)).toMatch(
      /can't talk to me any more.* On .* I erase everything about them/,
    );
    expect(book().openOf(CEM)).toMatchObject({ cause: 'removed', dueAt: NOW + 30 * 86_400_000 });
    expect(await ops(ADA, `people add ${CEM}`)).toMatch(/may talk to me now/);
    expect(book().openOf(CEM)).toBeUndefined();
    expect(home.state.control.people.callerFor(CEM)).toBeDefined();
  });

  it('hand somebody whom they remove, now or before, their export first', async () => {
    expect(await ops(ADA, `people remove ${CEM}`)).not.toContain('In their chat');
    expect(home.state.control.people.leavingCallerFor(CEM)).toBeUndefined();
    const along = /erase everything about them.* In their chat with me they get everything that I keep about them/;
    expect(await ops(ADA, `people remove ${CEM} export`)).toMatch(along);
    expect(await ops(ADA, `people remove ${BEN} export`)).toMatch(along);
    for (const one of [BEN, CEM]) expect(home.state.control.people.leavingCallerFor(one)?.person).toBe(one);
    await expect(ops(ADA, 'people remove @eve:home.test export')).rejects.toMatchObject({ reason: 'no-such-person' });
  });

  it('erase somebody at once after a confirmation, members never', async () => {
    expect(await ops(CEM, `people erase ${BEN}`)).toBe('Only an admin may do that.');
    await expect(ops(ADA, 'people erase @eve:home.test')).rejects.toMatchObject({ reason: 'no-such-person' });
    const preview = await ops(ADA, `people erase ${CEM}`);
    expect(home.state.control.people.callerFor(CEM)).toBeDefined();
    expect(preview).toContain(`!people erase ${CEM} yes `);
    expect(await ops(ADA, `people erase ${CEM} yes ${codeIn(preview)}`)).toMatch(
      /The reference is \*\*[0-9a-f]{10}\*\*/,
    );
    expect(home.state.control.people.callerFor(CEM)).toBeUndefined();
    expect(book().openOf(CEM)).toMatchObject({ cause: 'ordered', dueAt: NOW });
  });

  it('cannot add somebody who is being erased right now', async () => {
    await ops(ADA, `people remove ${CEM}`);
    book().stepDone(book().openOf(CEM)!.id, 'freeze');
    await expect(ops(ADA, `people add ${CEM}`)).rejects.toMatchObject({ reason: 'being-erased' });
    expect(home.state.control.people.find(CEM)).toBeUndefined();
  });

  it('find who asked for what in the audit trail', async () => {
    await direct(CEM, `delete-me yes ${codeIn(await direct(CEM, 'delete-me'))}`);
    await ops(ADA, `people remove ${BEN}`);
    expect(home.state.control.audit.recent(3)).toMatchObject([
      { actor: ADA, action: 'command.people-remove', target: BEN, outcome: 'done' },
      { actor: CEM, action: 'command.delete-me', target: home.callerOf(CEM).tenant, outcome: 'done' },
    ]);
  });
});

it('the console, which has no chats, says where it works', async () => {
  const services = { ...home.services, departures: undefined };
  const call = { name: 'delete-me', args: '', place: 'direct', caller: home.callerOf(CEM) } as const;
  await expect(runCommand(call, services)).rejects.toMatchObject({ reason: 'erase-in-chat' });
});
