import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkManifest } from '../../core/export/manifest.ts';
import { openSealedZip } from '../../core/zipjs/sealed-zip.ts';
import { type Chat, House } from './house.ts';
import { PAPERS } from './papers.ts';

// All that is kept of a person, sent through a real homeserver and opened as the person does.

let house: House;
let ada: Chat;

beforeAll(async () => {
  house = await House.open({ people: [{ local: 'ada', role: 'admin' }] });
  ada = await house.openChat(await house.login('ada'));
});
afterAll(() => house?.close());

test('!export sends a password and then a sealed file with everything in it', async () => {
  const { file, fact } = PAPERS[0]!;
  await ada.send(file);
  await ada.ask('!export');
  const password = await ada.sees(/^The password of this export: /);
  const part = await ada.sees(/^Everything that I keep about you\.$/);
  await ada.sees(/^That is everything that I keep about you, in one file\./);
  expect(password.encrypted && part.encrypted).toBe(true);
  expect(part).toMatchObject({ msgtype: 'm.file', content: { filename: 'kinkeeper-export-1-of-1.zip' } });
  const bytes = await ada.client.download(part);
  const word = /: (\S+)/.exec(password.text)?.[1] ?? '';
  const files = await openSealedZip(bytes, { part: 'the part', password: word });
  expect(checkManifest('the part', files)).toMatchObject({ person: '@ada:home.test', parts: 1 });
  const page = new TextDecoder().decode(files.get('index.html'));
  expect(page).toContain(file.name);
  expect(page).toContain(fact);
  // What the bot keeps of the chat itself is in it too.
  const messages = JSON.parse(new TextDecoder().decode(files.get('messages.json'))) as { messages: { room: string }[] };
  expect(messages.messages.map(({ room }) => room)).toContain(ada.room);
  await ada.ask('!export');
  await ada.sees(/^I sent you everything when you asked on /);
  expect(ada.all(/^The password of this export: /)).toHaveLength(1);
});
