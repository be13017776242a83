import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountDesk } from '../../../bot/account-desk.ts';
import type { CommandReply } from '../../../bot/commands/run-command.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import type { CommandServices } from '../../../bot/commands/services.ts';
import { CardBook } from '../../../bot/matrix/card-book.ts';
import { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { SynapseAccounts } from '../../../bot/matrix/synapse-accounts.ts';
import { installTransport } from '../../../bot/matrix/transport.ts';
import { createLogger } from '../../../core/log.ts';
import { personId } from '../../../core/person-id.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { AdminServer } from '../admin-server.ts';
import { temporaryBotDb } from '../matrix/bot-db.ts';
import { BOT } from '../matrix/sample-events.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

const DAN = '@dan:home.test';
const EVE = '@eve:home.test';

let stop: AbortController;
let server: AdminServer;
let home: Household;
let bot: ReturnType<typeof temporaryBotDb>;
let services: CommandServices;
let logged: string;

beforeEach(async () => {
  stop = new AbortController();
  installTransport(stop.signal);
  [server, home] = await Promise.all([AdminServer.start(), openHousehold()]);
  bot = temporaryBotDb();
  for (const person of [ADA, BEN]) server.accounts.set(person, account());
  logged = '';
  restart();
});
afterEach(async () => {
  stop.abort();
  bot.remove();
  await server.stop();
  await home[Symbol.asyncDispose]();
});

const account = (more = {}) => ({ password: 'old', admin: false, deactivated: false, devices: 2, ...more });

/** The desk anew on what bot.db holds, as after a kill; codes are gone with the memory of the process. */
function restart({ token = server.token, web }: { token?: string | null; web?: string } = {}): void {
  const write = (line: string) => {
    logged += line;
  };
  const log = createLogger({ name: 'test', level: 'trace', destination: { write } });
  const desk = new AccountDesk({
    own: BOT,
    accounts: token === null ? undefined : new SynapseAccounts(server.url, token),
    homeserver: new Homeserver(server.url, stop.signal),
    book: new CardBook(bot.db),
    webClient: web,
    clock: () => NOW,
    log,
  });
  services = { ...home.services, accounts: desk };
}

function ops(line: string, { person = ADA, source = line } = {}): Promise<CommandReply> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), source, place: 'ops', caller: home.callerOf(person) } as const;
  return runCommand(call, services);
}
const words = async (line: string, more = {}) => (await ops(line, more)).text;
const codeIn = (text: string) => /yes ([A-Z0-9]{6})/.exec(text)![1]!;
const passwordIn = (text: string) => /`([a-z2-9]{4}(?:-[a-z2-9]{4}){3})`/.exec(text)![1]!;
const changes = () => server.asked.filter((one) => !one.startsWith('GET'));
const trail = () =>
  home.state.control.audit
    .recent(9)
    .reverse()
    .map(({ action, target, outcome }) => `${action} ${target} ${outcome}`);

describe('people add', () => {
  it('makes the account of somebody who has none, and prints a card whose password opens it', async () => {
    const { text, picture } = await ops('people add dan');
    expect(text).toMatch(/may talk to me now.*\nI made the account `@dan:home.test`/s);
    expect(text).toContain('Homeserver: `https://matrix.home.test`');
    expect(server.accounts.get(DAN)).toMatchObject({ password: passwordIn(text), admin: false });
    expect(picture?.svg).toMatch(/^<svg/);
    expect(home.services.people.find(DAN)).toMatchObject({ role: 'member' });
    expect(trail()).toEqual([`command.people-add ${DAN} done`]);
  });

  it('puts the password into the message alone', async () => {
    const { text, picture } = await ops('people add dan');
    const password = passwordIn(text);
    const kept = JSON.stringify(home.state.control.audit.rowsAfter(0, 99)) + logged + picture!.svg + picture!.words;
    expect(kept).not.toContain(password);
    expect(text.split(password)).toHaveLength(2);
    expect(text).not.toContain(`account_provider=${password}`);
  });

  it('says on the card where Element is in a browser, where one is served', async () => {
    expect((await ops('people add dan')).text).not.toContain('browser');
    restart({ web: 'https://matrix.home.test/element' });
    expect((await ops('people add eve')).text).toContain(
      'On a computer: `https://matrix.home.test/element` in a browser',
    );
  });

  it('leaves an account alone that is there, and says how a new password is made', async () => {
    server.accounts.set(DAN, account());
    const card = 'The account `@dan:home.test` is there already, so there is no set-up card';
    const said = await words('people add dan');
    expect(said).toContain(card);
    expect(said).toMatch(
      /password that they have, and start a chat with `@kin:home\.test`.*`!people reset @dan:home\.test`/s,
    );
    expect(await words('people add dan', { source: '$again' })).toMatch(/^Nothing changed.*is there already/s);
    expect(await words('people add dan admin')).not.toContain('account');
    expect(changes()).toEqual([]);
    expect(server.accounts.get(DAN)?.password).toBe('old');
  });

  it('makes it for somebody who is known already', async () => {
    expect(await words('people add cem')).toMatch(/^Nothing changed.*\nI made the account `@cem:home.test`/s);
    expect(trail()).toEqual([`command.people-add ${CEM} done`]);
    expect(await words(`people add ${BEN}`)).toMatch(
      /^Nothing changed: `@ben:home.test` has that role already\.\nThe account/,
    );
  });

  it('goes on with the same password when it was cut off before it could answer', async () => {
    server.trouble = 'hangs-after';
    const cut = ops('people add dan', { source: '$one' });
    cut.catch(() => {});
    await expect.poll(() => server.accounts.get(DAN)?.password).toBeDefined();
    const { password } = server.accounts.get(DAN)!;
    restart();
    const text = await words('people add dan', { source: '$one' });
    expect(passwordIn(text)).toBe(password);
    expect(server.accounts.get(DAN)?.password).toBe(password);
    expect(home.services.people.find(DAN)).toBeDefined();
  });

  it('tries again what the homeserver puts off, and lets nobody in meanwhile', async () => {
    server.trouble = 'limits';
    await expect(ops('people add dan', { source: '$one' })).rejects.toMatchObject({ transient: true });
    expect(home.services.people.find(DAN)).toBeUndefined();
    const text = await words('people add dan', { source: '$one' });
    expect(server.accounts.get(DAN)?.password).toBe(passwordIn(text));
  });

  it('lets nobody in whose name the homeserver refuses', async () => {
    server.trouble = 'refuses-name';
    await expect(ops('people add dan')).rejects.toMatchObject({ reason: 'account-name' });
    expect(home.services.people.find(DAN)).toBeUndefined();
    expect(new CardBook(bot.db).all()).toEqual([]);
  });

  it('goes on erasing somebody who was removed, where no account could be made for their coming back', async () => {
    await ops('people remove cem');
    server.trouble = 'refuses-name';
    await expect(ops('people add cem', { source: '$one' })).rejects.toMatchObject({ reason: 'account-name' });
    expect(home.services.departures?.openOf(CEM)).toBeDefined();
    expect(await words('people add cem', { source: '$two' })).toContain('I made the account');
    expect(home.services.departures?.openOf(CEM)).toBeUndefined();
  });

  it('has nothing to do with accounts of other servers', async () => {
    expect(await words('people add @dan:elsewhere.test')).toMatch(
      /on another homeserver.*start a chat with `@kin:home\.test`/,
    );
    expect(server.asked).toEqual([]);
  });

  it('says so where an account was closed', async () => {
    server.accounts.set(DAN, account({ deactivated: true }));
    expect(await words('people add dan')).toContain('the account `@dan:home.test` was closed');
    expect(changes()).toEqual([]);
  });

  it('takes the server’s own name where it does not say its address', async () => {
    server.publicUrl = undefined;
    expect(await words('people add dan')).toContain('Homeserver: `https://home.test`');
  });
});

describe('without the right', () => {
  it('a person is let in all the same, and words say what to do by hand', async () => {
    restart({ token: null });
    const text = await words('people add dan');
    expect(text).toMatch(/may talk to me now.*There is no account `@dan:home.test` yet, and I may not make one/s);
    expect(text).toMatch(
      /You make it on the server: .*register_new_matrix_user.*they log in .*start a chat with `@kin:home\.test`/,
    );
    server.accounts.set(EVE, account());
    const there = await words('people add eve');
    expect(there).toMatch(/is there already, so there is no set-up card.*whoever runs the homeserver makes a new one/);
    expect(there).not.toContain('people reset');
    server.hidesProfiles = true;
    const unseen = await words('people add fred');
    expect(unseen).toMatch(
      /does not tell me whether `@fred:home\.test` is there.*register_new_matrix_user.*start a chat/,
    );
    expect(unseen).not.toContain('people reset');
    expect(changes()).toEqual([]);
    await expect(ops('people reset ben')).rejects.toMatchObject({ reason: 'accounts-off' });
    expect(await words('people remove dan')).toMatch(/Their account on \S+ stays: [^!]*$/);
    await expect(ops('people close dan')).rejects.toMatchObject({ reason: 'accounts-off' });
    expect(changes()).toEqual([]);
  });

  it('a token that is over is named, and nothing fails for it but what needs it', async () => {
    restart({ token: 'an old one' });
    expect(await words('people add dan')).toMatch(/may talk to me now.*refuses my right over accounts/s);
    expect(home.services.people.find(DAN)).toBeDefined();
    await expect(ops('people reset ben')).rejects.toMatchObject({ reason: 'account-right' });
    expect(changes()).toEqual([]);
    expect(new CardBook(bot.db).all()).toEqual([]);
  });
});

describe('people reset', () => {
  it('asks back, ends every session and prints a new card', async () => {
    const preview = await words('people reset ben');
    expect(preview).toMatch(/new password and logs out all their devices/);
    expect(server.accounts.get(BEN)).toEqual(account());
    const { text, picture } = await ops(`people reset ben yes ${codeIn(preview)}`);
    expect(text).toMatch(/^`@ben:home.test` has a new password and is logged out everywhere/);
    expect(server.accounts.get(BEN)).toMatchObject({ password: passwordIn(text), devices: 0 });
    expect(picture).toBeDefined();
    expect(trail()).toEqual([`command.people-reset ${BEN} done`]);
  });

  it('prints the card in the language of whoever will read it, and says there that the session has to be verified', async () => {
    home.services.people.setLanguage(personId(BEN), 'de');
    const { text } = await ops(`people reset ben yes ${codeIn(await words('people reset ben'))}`);
    expect(text).toMatch(/has a new password.*Karte für ein neues Passwort.*Die neue Sitzung .* bestätigen/s);
    expect((await ops('people add dan')).text).toContain('verify the session');
  });

  it('prints a card for somebody who had the account before: what is new, what stays, and what to do without the recovery key', async () => {
    home.services.people.setLanguage(personId(BEN), 'en');
    const { text } = await ops(`people reset ben yes ${codeIn(await words('people reset ben'))}`);
    const card = text.slice(text.indexOf('Card for a new password'));
    expect(card).toMatch(/same account as before.*every phone and computer is logged out.*papers.* as they were/s);
    expect(card).toMatch(/Verify the new session with your recovery key/);
    expect(card).toMatch(/Without a recovery key.*an admin.*`!people confirm @ben:home\.test`/s);
    expect(text).not.toMatch(/Set-up card|Install|Set up recovery|Start a chat/);
  });

  it('does nothing by a wrong code, nor by one that was used', async () => {
    const code = codeIn(await words('people reset ben'));
    await expect(ops('people reset ben yes AAAAAA')).rejects.toMatchObject({ reason: 'erase-code' });
    await expect(ops(`people reset ben yes ${code}`)).rejects.toMatchObject({ reason: 'erase-code' });
    expect(server.accounts.get(BEN)).toEqual(account());
  });

  it('asks twice before an admin’s account', async () => {
    home.services.people.add({ id: BEN, role: 'admin', language: 'en' });
    const first = codeIn(await words('people reset ben'));
    const second = await words(`people reset ben yes ${first}`);
    expect(second).toMatch(/is an admin.*face to face/s);
    await expect(ops(`people reset ben yes ${first}`, { source: '$again' })).rejects.toMatchObject({
      reason: 'erase-code',
    });
    const anew = codeIn(await words(`people reset ben yes ${codeIn(await words('people reset ben'))}`));
    expect(server.accounts.get(BEN)).toEqual(account());
    expect(await words(`people reset ben yes ${anew}`)).toContain('has a new password');
  });

  it('goes on after a kill, though the code that confirmed it is gone', async () => {
    const line = `people reset ben yes ${codeIn(await words('people reset ben'))}`;
    server.trouble = 'hangs-after';
    ops(line, { source: '$one' }).catch(() => {});
    await expect.poll(() => server.accounts.get(BEN)?.devices).toBe(0);
    restart();
    const text = await words(line, { source: '$one' });
    expect(server.accounts.get(BEN)?.password).toBe(passwordIn(text));
    await expect(ops(line, { source: '$two' })).rejects.toMatchObject({ reason: 'erase-code' });
  });

  it.each([
    ['the bot', BOT, 'not-the-bot'],
    ['somebody unknown', EVE, 'no-such-person'],
    ['somebody without an account', CEM, 'no-account'],
  ])('is refused for %s', async (_who, person, reason) => {
    await expect(ops(`people reset ${person}`)).rejects.toMatchObject({ reason });
    expect(changes()).toEqual([]);
  });

  it('is refused for oneself, for administrators of the homeserver, and for accounts elsewhere', async () => {
    expect(await words('people reset ada')).toMatch(/logged out before you could read/);
    server.accounts.set(BEN, account({ admin: true }));
    await expect(ops('people reset ben')).rejects.toMatchObject({ reason: 'account-of-admin' });
    const far = '@fay:elsewhere.test';
    home.services.people.add({ id: far as never, role: 'member', language: 'en' });
    await expect(ops(`people reset ${far}`)).rejects.toMatchObject({ reason: 'account-elsewhere' });
    expect(await words('people reset ada', { person: CEM })).toBe('Only an admin may do that.');
    expect(changes()).toEqual([]);
  });
});

describe('a kill at any request', () => {
  const cut = async (line: string, dead: { requests: number; isDone: boolean }): Promise<boolean> => {
    const died = new Promise<boolean>((resolve) => {
      server.onDead = () => resolve(true);
    });
    server.dead = dead;
    const answered = ops(line, { source: '$one' }).then(() => false);
    answered.catch(() => {});
    const isCut = await Promise.race([died, answered]);
    server.dead = undefined;
    // The code that was given is in no memory any more.
    if (isCut) home.services.departures?.codes.give(ADA, `people reset ${BEN}`);
    restart();
    return isCut;
  };

  it.each([
    false,
    true,
  ])('leaves no account whose password nobody is told (what was asked is done: %s)', async (isDone) => {
    let requests = 0;
    for (; await cut('people add dan', { requests: requests + 1, isDone }); requests++) {
      const text = await words('people add dan', { source: '$one' });
      expect(server.accounts.get(DAN)?.password).toBe(passwordIn(text));
      server.accounts.delete(DAN);
      for (const card of new CardBook(bot.db).all()) new CardBook(bot.db).drop(card);
    }
    expect(requests).toBe(3);
  });

  it.each([false, true])('does not lose a reset that was confirmed (what was asked is done: %s)', async (isDone) => {
    let requests = 0;
    const confirmed = async () => `people reset ben yes ${codeIn(await words('people reset ben'))}`;
    for (let line = await confirmed(); await cut(line, { requests: requests + 1, isDone }); requests++) {
      const again = await words(line, { source: '$one' }).catch((thrown: { reason: string }) => thrown.reason);
      // Before it was confirmed it is asked for anew; from then on it goes on by itself.
      if (requests < 2) expect(again).toBe('erase-code');
      else expect(server.accounts.get(BEN)).toMatchObject({ password: passwordIn(again), devices: 0 });
      for (const card of new CardBook(bot.db).all()) new CardBook(bot.db).drop(card);
      server.accounts.set(BEN, account());
      line = await confirmed();
    }
    expect(requests).toBe(4);
  });
});

describe('people close', () => {
  it('comes after a removal, is asked back, and is final', async () => {
    expect(await words('people close ben')).toMatch(/may still talk to me/);
    expect(await words('people remove ben')).toMatch(/`!people close @ben:home.test` closes it for good/);
    expect(server.accounts.get(BEN)?.deactivated).toBe(false);
    const preview = await words('people close ben');
    expect(preview).toMatch(/for good.*they can’t read then/s);
    expect(await words(`people close ben yes ${codeIn(preview)}`)).toBe('The account `@ben:home.test` is closed.');
    expect(server.accounts.get(BEN)?.deactivated).toBe(true);
    await expect(ops('people close ben')).rejects.toMatchObject({ reason: 'account-closed' });
    await expect(ops(`people close ${BOT}`)).rejects.toMatchObject({ reason: 'not-the-bot' });
    server.accounts.set(EVE, account({ admin: true }));
    await ops('people add eve');
    await ops('people remove eve');
    await expect(ops('people close eve')).rejects.toMatchObject({ reason: 'account-of-admin' });
  });

  it('leaves the accounts of others on the homeserver alone', async () => {
    server.accounts.set('@stranger:home.test', account());
    await expect(ops('people close stranger')).rejects.toMatchObject({ reason: 'account-not-removed' });
    expect(server.accounts.get('@stranger:home.test')?.deactivated).toBe(false);
  });
});
