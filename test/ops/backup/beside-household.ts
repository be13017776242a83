import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey, readPrivateKey } from 'openpgp';
import type { Clock } from '../../../core/clock.ts';
import type { OpenState } from '../../../core/control.ts';
import type { ArchiveKeys } from '../../../ops/backup/archive/read-archive.ts';
import { sessionKeyOf } from '../../../ops/backup/archive/session-key.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import { LIST_ENTRY } from '../../../ops/backup/beside/make-erased-copy.ts';
import { archiveFile, readSealed } from '../../../ops/backup/verify-archive.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';

/** Where backups go in a test, sealed to a new key whose private half opens what lies there. */
export async function backupTo(folder: string): Promise<{ plan: BackupPlan; keys: ArchiveKeys }> {
  mkdirSync(folder, { recursive: true });
  const { publicKey, privateKey } = await generateKey({
    ...{ userIDs: [{ name: 'kin' }], type: 'ecc', curve: 'curve25519Legacy', format: 'armored' },
    // Tests have clocks of their own: it is older than all of them.
    date: new Date('2026-01-01'),
  });
  const recipientsFile = join(folder, 'recipients.asc');
  writeFileSync(recipientsFile, publicKey);
  const keys = { privateKeys: [await readPrivateKey({ armoredKey: privateKey })] };
  return { plan: { localDir: folder, recipientsFile, homeserver: { kind: 'none' }, version: '0.1.0' }, keys };
}

/** What the list of what was erased says in a sealed copy. */
export async function listIn(path: string, keys: ArchiveKeys): Promise<string> {
  const found: Uint8Array[] = [];
  await readSealed(archiveFile(path), {
    ...{ keys, signal: new AbortController().signal, onProgress: () => {} },
    onEntry: async ({ name, content }) => {
      if (name === LIST_ENTRY) for await (const part of content) found.push(Buffer.from(part));
    },
  });
  return Buffer.concat(found).toString('latin1');
}

/** The key that such a copy has for those who opened the household. */
export function ownKeyOf({ erasing }: OpenState, name: string): ArchiveKeys {
  return { sessionKey: sessionKeyOf(erasing.erasedCopyKey(name)) };
}

/** A member with papers of their own. */
export function addWithPapers({ control, vault }: OpenState, id: string, papers: number): void {
  control.people.add({ id, role: 'member', language: 'en' });
  for (let number = 1; number <= papers; number++)
    vault.write(control.people.callerFor(id)!, (writer) =>
      writer.addDocument(sampleDocument(`$${id}-${number}`), [samplePassage(0, `paper ${number} of the lighthouse`)]),
    );
}

/** Erases a person at once, as the bot's desk does it when their time to think is over. */
export function erasePerson({ control, erasing }: OpenState, id: string, clock: Clock): void {
  const person = control.people.find(id)!;
  const wish = { kind: 'person', cause: 'self', language: 'en', dueAt: clock() } as const;
  const erasure = erasing.book.plan({ ...wish, person: person.id, tenant: person.tenant });
  control.people.remove(id);
  erasing.shred(person.tenant);
  erasing.bury(erasure, clock());
}

/** A file of the state folder that the household keeps beside its stores. */
export function tombstonesOf(stateDir: string): string {
  return readFileSync(join(stateDir, 'tombstones'), 'latin1');
}
