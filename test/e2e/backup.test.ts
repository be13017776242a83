import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArchive } from '../../ops/backup/archive/read-archive.ts';
import { type Chat, House, textFile } from './house.ts';

// An admin has a backup made and drilled from the ops room, while people write and the homeserver runs.

let place: string;
let house: House;
let ada: Chat;
let ben: Chat;
let ops: Chat;
let privateKey: string;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'kinkeeper-backup-'));
  const pair = await generateKey({ userIDs: [{ name: 'Home' }], type: 'ecc', curve: 'curve25519Legacy' });
  privateKey = pair.privateKey;
  writeFileSync(join(place, 'recipients.asc'), pair.publicKey);
  const synapse = join(place, 'synapse');
  house = await House.open({
    synapse: { dir: synapse },
    settings: {
      backup: { recipientsFile: join(place, 'recipients.asc'), localDir: join(place, 'backups') },
      homeserver: {
        ...{ kind: 'sqlite', database: join(synapse, 'homeserver.db') },
        ...{ folder: synapse, media: join(synapse, 'media') },
      },
      jobs: { backup: '', drill: '', audit: '' },
    },
  });
  house.home.startOps();
  ada = await house.openChat(await house.login('ada'));
  ops = await house.enterOpsRoom(ada.client);
  ben = await house.openChat(await house.login('ben'));
  await ada.send(textFile('boiler.txt', 'The boiler was serviced by Mr Okafor on 3 March and is fine for two years.'));
  await ben.send(textFile('keys.txt', 'The spare key is with Mrs Dupont on the second floor.'));
});

afterAll(async () => {
  await house?.close();
  rmSync(place, { recursive: true, force: true });
});

test('an admin has everything backed up and proven, from the ops room', async () => {
  await ops.ask('!backups', /no backup yet/);
  const talking = ben.ask('Where is the spare key?', /Dupont/);
  await ops.ask('!run backup', /the backup\. It went well/);
  await talking;
  await ops.ask('!backups', /1 backup, none of them proven yet/);
  await ops.ask('!run drill', /It went well/);
  await ops.sees(/Backup kin-\S+ is proven: restored from the local folder.*2 test questions answered/);
  await ops.ask('!backups', /proven .*2 documents, 2 test questions answered/);
});

test('the archive holds the homeserver and the household, no word in the clear, and opens with the private key alone', async () => {
  const folder = join(place, 'backups');
  const [archive, ...more] = readdirSync(folder).filter((name) => name !== 'erased');
  expect(more).toEqual([]);
  const sealed = readFileSync(join(folder, archive!));
  for (const word of ['Dupont', 'Okafor', 'boiler.txt', '@ben:home.test']) expect(sealed.includes(word)).toBe(false);
  const names: string[] = [];
  const { head } = await readArchive(createReadStream(join(folder, archive!)), {
    keys: { privateKeys: [await readPrivateKey({ armoredKey: privateKey })] },
    signal: new AbortController().signal,
    onEntry: async ({ name, content }) => {
      names.push(name);
      for await (const chunk of content) expect(Buffer.from(chunk).includes('Dupont')).toBe(false);
    },
  });
  expect(head).toMatchObject({ people: 2, homeserver: 'sqlite' });
  const expected = [
    'state/control.db',
    'state/bot.db',
    'state/keys.json',
    'state/tombstones',
    'homeserver/homeserver.db',
  ];
  expect(names).toEqual(expect.arrayContaining([...expected, 'homeserver/settings/homeserver.yaml']));
  expect(names.some((name) => /^homeserver\/settings\/.*signing\.key$/.test(name))).toBe(true);
  expect(names.some((name) => name.startsWith('homeserver/media/local_content/'))).toBe(true);
  expect(names.some((name) => /passphrase|bot-password/.test(name))).toBe(false);
});
